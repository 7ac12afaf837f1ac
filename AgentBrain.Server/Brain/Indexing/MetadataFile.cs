using System.Text.Json;
using System.Text.Json.Nodes;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Brains.Indexing;

/// <summary>The metadata that a caller wants added to a folder's chunks: a JSON object of scalar values.</summary>
/// <param name="Json">The object's text, keys in order.</param>
/// <param name="Keys">Its keys.</param>
internal sealed record MetadataFile(string Json, IReadOnlyList<string> Keys)
{
    private const int MaxBytes = 64 * 1024;
    private const int MaxKeys = 64;
    private const int MaxValueLength = 1024;

    /// <summary>Reads the file through its root.</summary>
    /// <exception cref="BrainException">It cannot be read, or is not what it should be.</exception>
    public static MetadataFile Read(RootHandle root, BrainPath path)
    {
        try
        {
            if (new FolderScanner(root).JudgeFile(path.Relative, "", new ScanRules()).Skip is { } skip)
            {
                throw FolderRefusals.For(path, skip);
            }

            using var file = root.OpenFile(path.Relative);
            var bytes = file.ReadAllBytes(MaxBytes);
            if (TextDecoder.Decode(bytes) is not { } text || SecretContent.IsSecret(text))
            {
                throw Malformed(path, "it is not text, or holds a private key or a credential");
            }

            return Parse(bytes, path);
        }
        catch (FileRefusedException e) when (e.Reason == SkipReason.TooLarge)
        {
            throw Malformed(path, $"it is larger than {MaxBytes / 1024} KiB");
        }
        catch (FileRefusedException e)
        {
            throw FolderRefusals.For(path, e.Reason);
        }
    }

    private static MetadataFile Parse(byte[] json, BrainPath path)
    {
        JsonNode? parsed;
        try
        {
            parsed = JsonNode.Parse(json, null, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 });
        }
        catch (JsonException)
        {
            throw Malformed(path, "it is not JSON");
        }

        if (parsed is not JsonObject values)
        {
            throw Malformed(path, "it is not a JSON object");
        }

        if (values.Count > MaxKeys)
        {
            throw Malformed(path, $"it has more than {MaxKeys} keys");
        }

        var bad = values.FirstOrDefault(value => value.Value is not JsonValue scalar || scalar.ToJsonString().Length > MaxValueLength);
        if (bad.Key is not null)
        {
            throw Malformed(path, $"the value of '{bad.Key}' is not a string, number or boolean of at most {MaxValueLength} characters");
        }

        return new MetadataFile(values.ToJsonString(), [.. values.Select(value => value.Key)]);
    }

    private static BrainException Malformed(BrainPath path, string what) => new(
        BrainFault.InvalidArgument,
        "bad_metadata_file",
        $"The metadata file '{path}' cannot be used: {what}. It has to be one JSON object of scalar values, such as {{\"team\": \"search\"}}.");
}

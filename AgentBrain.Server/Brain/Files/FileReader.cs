using System.Security.Cryptography;

namespace AgentBrain.Server.Brains.Files;

/// <summary>Reads a file through its root and decides by its content whether it may be indexed.</summary>
/// <param name="root">The open root, which stays the caller's.</param>
/// <param name="maxBytes">Largest file that is read.</param>
internal sealed class FileReader(RootHandle root, long maxBytes)
{
    /// <summary>Reads an entry of a scan.</summary>
    /// <returns>The file, or why not; an entry that the scan skipped stays skipped.</returns>
    public ReadResult Read(ScanEntry entry) =>
        entry switch
        {
            { Skip: { } skip } => new ReadResult(null, skip),
            { Type: { } type } => Read(entry.RelativePath, type),
            _ => new ReadResult(null, SkipReason.UnknownType),
        };

    /// <summary>Reads a file.</summary>
    /// <param name="relativePath">Its canonical path from the root. A secret name is refused here too, however the path was come by.</param>
    /// <param name="type">What its name says.</param>
    public ReadResult Read(string relativePath, FileType type)
    {
        try
        {
            RelativePath.Require(relativePath);
            if (SecretNames.IsSecretPath(relativePath))
                return new ReadResult(null, SkipReason.SecretName);
            using var file = root.OpenFile(relativePath);
            if (file.Length == 0)
                return new ReadResult(null, SkipReason.Empty);
            return Judge(file, file.ReadAllBytes(maxBytes), type);
        }
        catch (FileRefusedException error)
        {
            // Counted under its reason: a file that cannot be read fails itself, never the job.
            return new ReadResult(null, error.Reason);
        }
    }

    private static ReadResult Judge(OpenedFile file, byte[] bytes, FileType type)
    {
        string? text = null;
        if (type.Format != DocumentFormat.Pdf)
        {
            text = TextDecoder.Decode(bytes);
            if (text is null)
                return new ReadResult(null, SkipReason.Binary);
            if (string.IsNullOrWhiteSpace(text))
                return new ReadResult(null, SkipReason.Empty);
            if (SecretContent.IsSecret(text))
                return new ReadResult(null, SkipReason.SecretContent);
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return new ReadResult(new ReadFile(bytes, text, hash, file.Identity, file.Length, file.LastWriteUtc), null);
    }
}

using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace AgentBrain.OAuth.Dpop;

/// <summary>A proof taken apart: a JWS in compact form (RFC 7515 §3.1) whose header and payload are JSON objects.</summary>
/// <param name="Header">The header.</param>
/// <param name="Payload">The claims.</param>
/// <param name="Signed">What the signature is over.</param>
/// <param name="Signature">The signature.</param>
internal readonly record struct ProofText(JsonElement Header, JsonElement Payload, byte[] Signed, byte[] Signature)
{
    /// <summary>Longest proof, in characters.</summary>
    public const int MaxLength = 8 * 1024;

    private const int MaxDepth = 8;

    private static readonly JsonDocumentOptions Strict = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = false,
        CommentHandling = JsonCommentHandling.Disallow,
        MaxDepth = MaxDepth,
    };

    /// <summary>Takes a proof apart; <c>null</c> when it is not of the form.</summary>
    public static ProofText? Parse(string proof)
    {
        if (proof.Length > MaxLength)
            return null;

        Span<Range> parts = stackalloc Range[4];
        if (proof.AsSpan().Split(parts, '.') != 3)
            return null;

        if (!Base64UrlText.TryDecode(proof.AsSpan(parts[0]), out var header)
            || !Base64UrlText.TryDecode(proof.AsSpan(parts[1]), out var payload)
            || !Base64UrlText.TryDecode(proof.AsSpan(parts[2]), out var signature)
            || signature.Length == 0)
        {
            return null;
        }

        return ReadObject(header) is { } head && ReadObject(payload) is { } claims
            ? new ProofText(head, claims, Encoding.ASCII.GetBytes(proof, 0, parts[1].End.Value), signature)
            : null;
    }

    /// <summary>The text of a member; <c>null</c> when there is none, or it is not a string of whole characters.</summary>
    public static string? ReadString(JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String)
            return null;

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // Half of a surrogate pair, written as an escape.
        }
    }

    private static JsonElement? ReadObject(byte[] utf8)
    {
        if (!Utf8.IsValid(utf8))
            return null;

        try
        {
            var json = JsonElement.Parse(utf8, Strict);
            return json.ValueKind == JsonValueKind.Object ? json : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null; // The latter for names with half of a surrogate pair.
        }
    }
}

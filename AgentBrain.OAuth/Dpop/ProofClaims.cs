using System.Text.Json;

namespace AgentBrain.OAuth.Dpop;

/// <summary>The claims of a proof, each of its right type (RFC 9449 §4.2).</summary>
internal sealed record ProofClaims(string Id, string Method, string Target, DateTimeOffset IssuedAt, string? TokenHash, string? Nonce)
{
    private const int MaxIdLength = 128;
    private const double LastSecond = 253402300799;

    /// <summary>Reads them; <c>null</c> when one is missing or of another type. Others are none of our business.</summary>
    public static ProofClaims? Read(JsonElement payload)
    {
        var id = ProofText.ReadString(payload, "jti");
        var method = ProofText.ReadString(payload, "htm");
        var target = ProofText.ReadString(payload, "htu");
        var tokenHash = ProofText.ReadString(payload, "ath");
        var nonce = ProofText.ReadString(payload, "nonce");
        if (id is not { Length: > 0 and <= MaxIdLength } || method is null || target is null || ReadTime(payload) is not { } issuedAt)
            return null;

        if ((tokenHash is null && payload.TryGetProperty("ath", out _)) || (nonce is null && payload.TryGetProperty("nonce", out _)))
            return null;

        return new ProofClaims(id, method, target, issuedAt, tokenHash, nonce);
    }

    /// <summary>A NumericDate (RFC 7519 §2). Fractions are allowed there and cut off here.</summary>
    private static DateTimeOffset? ReadTime(JsonElement payload)
    {
        if (!payload.TryGetProperty("iat", out var value) || value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var seconds))
            return null;

        return seconds is >= 0 and <= LastSecond ? DateTimeOffset.FromUnixTimeSeconds((long)Math.Floor(seconds)) : null;
    }
}

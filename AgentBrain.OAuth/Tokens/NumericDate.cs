using System.Text.Json;

namespace AgentBrain.OAuth.Tokens;

/// <summary>Times as RFC 7519 §2 writes them: seconds since 1970, with or without a fraction.</summary>
internal static class NumericDate
{
    // Far enough from DateTimeOffset's end that skew and lifetimes can be added: the year 9892.
    private const long Max = 250_000_000_000;

    /// <summary>Reads a time; false for what is no number, is before 1970 or is beyond all reason.</summary>
    public static bool TryRead(JsonElement value, out DateTimeOffset time)
    {
        time = default;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out var seconds) || seconds is < 0 or > Max)
            return false;

        time = DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000));
        return true;
    }
}

using System.Collections.Immutable;
using System.Text.Json;

namespace AgentBrain.OAuth.Tokens;

/// <summary>Reads claims of one token by their types and within bounds.</summary>
/// <param name="claims">An object.</param>
internal readonly struct ClaimReader(JsonElement claims)
{
    private const int MaxText = 255;
    private const int MaxUri = 2_048;

    /// <summary>A member, if it is there.</summary>
    public JsonElement? Find(string name) => claims.TryGetProperty(name, out var value) ? value : null;

    /// <summary>A name of somebody or something, if it is there; then not empty, not long, and without control characters.</summary>
    public string? Text(string name) => Find(name) is { } value ? Text(value, name, MaxText) : null;

    /// <summary>A time, if it is there.</summary>
    public DateTimeOffset? Time(string name) =>
        Find(name) is not { } value ? null : NumericDate.TryRead(value, out var time) ? time : throw Wrong(name);

    /// <summary>The audiences (RFC 7519 §4.1.3): one, or an array of them.</summary>
    public ImmutableArray<string> Audiences() => Find("aud") is { } value ? Texts(value, "aud", MaxUri, 32) : [];

    /// <summary>What was granted of our vocabulary, from a text (RFC 9068 §2.2.3) or, as some issuers have it, an array.</summary>
    public ScopeSet Scopes(string name)
    {
        if (Find(name) is not { } value)
            return ScopeSet.None;

        return value.ValueKind switch
        {
            JsonValueKind.String => ScopeSetText.Read(value.GetString()),
            JsonValueKind.Array => value.EnumerateArray()
                .Aggregate(ScopeSet.None, (set, one) => set | ScopeSetText.One(one.ValueKind == JsonValueKind.String ? one.GetString() : throw Wrong(name))),
            _ => throw Wrong(name),
        };
    }

    /// <summary>Roles or groups: at a member of exactly that name, which may have dots in it, or else at a path of members.</summary>
    public ImmutableArray<string> Roles(string path) => FindPath(path) is { } value ? Texts(value, path, MaxText, 512) : [];

    /// <summary>
    /// The key that the token is bound to (RFC 9449 §6.1). Any other confirmation method, or another beside it, is a condition that
    /// we do not check, and a token whose conditions are not checked is not good (RFC 7800 §3.1).
    /// </summary>
    public string? KeyThumbprint()
    {
        if (Find("cnf") is not { } confirmation)
            return null;

        if (confirmation.ValueKind == JsonValueKind.Object
            && confirmation.GetPropertyCount() == 1
            && confirmation.TryGetProperty("jkt", out var value)
            && value.ValueKind == JsonValueKind.String
            && value.GetString() is { Length: 43 } thumbprint
            && Base64UrlText.IsCanonical(thumbprint))
            return thumbprint;

        throw new ClaimException(Reasons.TokenConfirmation, "cnf is not one jkt");
    }

    private JsonElement? FindPath(string path)
    {
        if (claims.TryGetProperty(path, out var exact))
            return exact;

        var at = claims;
        foreach (var name in path.Split('.'))
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                return null;
        }

        return at;
    }

    private static ImmutableArray<string> Texts(JsonElement value, string name, int maxLength, int maxCount)
    {
        if (value.ValueKind != JsonValueKind.Array)
            return [Text(value, name, maxLength)];

        return value.GetArrayLength() <= maxCount ? [.. value.EnumerateArray().Select(one => Text(one, name, maxLength))] : throw Wrong(name);
    }

    private static string Text(JsonElement value, string name, int maxLength) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text && text.Length <= maxLength && !text.Any(char.IsControl)
            ? text
            : throw Wrong(name);

    private static ClaimException Wrong(string name) => new(Reasons.TokenClaims, $"{name} is not what it has to be");
}

namespace AgentBrain.OAuth.Challenges;

/// <summary>What an <c>Authorization</c> header holds.</summary>
/// <param name="Reason">Why it holds no usable token; <c>null</c> when it does.</param>
/// <param name="Scheme">The scheme that it names.</param>
/// <param name="Token">The token.</param>
public readonly record struct AuthorizationHeader(string? Reason, TokenScheme Scheme, string Token)
{
    /// <summary>The longest token that is looked at, in characters.</summary>
    public const int MaxTokenLength = 8 * 1024;

    /// <summary>
    /// Reads the header by RFC 9110 §11.4, RFC 6750 §2.1 and RFC 9449 §7.1: one value, the scheme in any case, one or more spaces, one
    /// token. Tokens elsewhere, in the query or the body, are never looked at.
    /// </summary>
    /// <param name="values">All values of the header, as they came.</param>
    /// <param name="takesDpop">Is the scheme DPoP known here?</param>
    public static AuthorizationHeader Read(IReadOnlyList<string?> values, bool takesDpop)
    {
        if (values.Count == 0)
            return Refuse(Reasons.NoCredentials);

        if (values is not [{ } value])
            return Refuse(Reasons.AuthorizationSyntax);

        var space = value.IndexOf(' ');
        var name = space < 0 ? value : value[..space];
        if (Known(name, takesDpop) is not { } scheme)
            return Refuse(name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-') ? Reasons.WrongScheme : Reasons.AuthorizationSyntax);

        var token = space < 0 ? "" : value[space..].Trim(' ');
        return token.Length <= MaxTokenLength && BearerSyntax.IsToken(token)
            ? new AuthorizationHeader(null, scheme, token)
            : new AuthorizationHeader(Reasons.AuthorizationSyntax, scheme, "");
    }

    private static TokenScheme? Known(string name, bool takesDpop) =>
        name.Equals(nameof(TokenScheme.Bearer), StringComparison.OrdinalIgnoreCase) ? TokenScheme.Bearer
        : takesDpop && name.Equals(nameof(TokenScheme.DPoP), StringComparison.OrdinalIgnoreCase) ? TokenScheme.DPoP
        : null;

    private static AuthorizationHeader Refuse(string reason) => new(reason, TokenScheme.Bearer, "");
}

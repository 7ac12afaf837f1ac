using AgentBrain.Server.Configuration;
using Microsoft.Extensions.Primitives;

namespace AgentBrain.Server.Authorization;

/// <summary>What an <c>Authorization</c> header holds.</summary>
/// <param name="Reason">Why it holds no usable bearer token; <c>null</c> when it does.</param>
/// <param name="Token">The token.</param>
internal readonly record struct BearerHeader(string? Reason, string Token)
{
    private const string Scheme = "Bearer";

    /// <summary>
    /// Reads the header by RFC 9110 §11.4 and RFC 6750 §2.1: one value, the scheme in any case, one or more spaces, one token.
    /// Tokens elsewhere, in the query or the body, are never looked at.
    /// </summary>
    public static BearerHeader Read(StringValues values)
    {
        if (values.Count == 0)
            return new BearerHeader(Reasons.NoCredentials, "");

        if (values is not [{ } value])
            return new BearerHeader(Reasons.AuthorizationSyntax, "");

        var space = value.IndexOf(' ');
        var scheme = space < 0 ? value : value[..space];
        if (!scheme.Equals(Scheme, StringComparison.OrdinalIgnoreCase))
            return new BearerHeader(scheme.Length > 0 && scheme.All(c => char.IsAsciiLetterOrDigit(c) || c is '-') ? Reasons.WrongScheme : Reasons.AuthorizationSyntax, "");

        var token = space < 0 ? "" : value[space..].Trim(' ');
        return BearerSyntax.IsToken(token) ? new BearerHeader(null, token) : new BearerHeader(Reasons.AuthorizationSyntax, "");
    }
}

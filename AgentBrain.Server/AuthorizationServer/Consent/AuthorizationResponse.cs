using System.Text;

namespace AgentBrain.Server.AuthorizationServer.Consent;

/// <summary>
/// The answer to an authorization request, in the query of the redirect URI (RFC 6749 §4.1.2), always with <c>state</c> as it came
/// and with <c>iss</c> (RFC 9207). The redirect URI itself is left as the client wrote it.
/// </summary>
/// <param name="settings">The issuer.</param>
internal sealed class AuthorizationResponse(AuthorizationServerSettings settings)
{
    /// <summary>The URI that gives a code.</summary>
    public string Code(string redirectUri, string code, string? state) => Build(redirectUri, state, ("code", code));

    /// <summary>The URI that tells an error of RFC 6749 §4.1.2.1.</summary>
    public string Error(string redirectUri, string error, string description, string? state) =>
        Build(redirectUri, state, ("error", error), ("error_description", description));

    private string Build(string redirectUri, string? state, params ReadOnlySpan<(string Name, string Value)> parameters)
    {
        var uri = new StringBuilder(redirectUri);
        var separator = !redirectUri.Contains('?', StringComparison.Ordinal) ? "?" : redirectUri[^1] is '?' or '&' ? "" : "&";
        foreach (var (name, value) in parameters)
        {
            uri.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            separator = "&";
        }

        if (state is not null)
            uri.Append("&state=").Append(Uri.EscapeDataString(state));

        return uri.Append("&iss=").Append(Uri.EscapeDataString(settings.Issuer)).ToString();
    }
}

using System.Security.Claims;
using AgentBrain.OAuth.Tokens;

namespace AgentBrain.Server.Authorization;

/// <summary>Who calls, on which brain, with which rights. Everything in it was validated for the request at hand.</summary>
/// <param name="Mode"><c>none</c>, <c>basic</c>, <c>oauth</c> or <c>stdio</c>.</param>
/// <param name="Issuer">Who vouches for the subject; never empty.</param>
/// <param name="Subject">The subject at that issuer; never empty.</param>
/// <param name="ClientId">The program that acts for the subject; never empty.</param>
/// <param name="Brain">The name of the brain that this request may use, and no other.</param>
/// <param name="Resource">That brain's resource URI.</param>
/// <param name="Scopes">What the caller may do: what was granted, cut down to what the access policy allows.</param>
/// <param name="KeyThumbprint">Thumbprint of the key the caller proved to hold (RFC 9449 <c>jkt</c>), or <c>null</c>.</param>
/// <param name="IsLocal">True for a caller on this machine whom nobody authenticated: the owner.</param>
internal sealed record Caller(
    string Mode,
    string Issuer,
    string Subject,
    string ClientId,
    string Brain,
    string Resource,
    ScopeSet Scopes,
    string? KeyThumbprint = null,
    bool IsLocal = false)
{
    /// <summary>The access token that the caller came with; <c>null</c> in the modes without tokens.</summary>
    public AccessToken? Token { get; init; }

    /// <summary>When the caller's credentials end; <c>null</c> for those that do not.</summary>
    public DateTimeOffset? ExpiresAt => Token?.ExpiresAt;

    /// <summary>The caller of a message. The MCP layer passes the <c>User</c> of its request context.</summary>
    /// <param name="principal">The principal that came with the message.</param>
    /// <exception cref="InvalidOperationException">There is none: the message did not go through the pipeline, and must not be served.</exception>
    public static Caller From(ClaimsPrincipal? principal) => CallerIdentity.Of(principal)?.Caller
        ?? throw new InvalidOperationException("The message has no caller.");
}

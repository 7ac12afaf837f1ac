using System.Buffers;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Requests;

/// <summary>
/// A code comes with its verifier, 43 to 128 unreserved characters (RFC 7636 §4.1). One of another form fits no challenge, and a code
/// without one is not good (RFC 7636 §4.6).
/// </summary>
internal sealed class CheckVerifier : IOpenIddictServerHandler<ValidateTokenRequestContext>
{
    private static readonly SearchValues<char> Unreserved = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    /// <inheritdoc/>
    public ValueTask HandleAsync(ValidateTokenRequestContext context)
    {
        // Without a code the request is none, which is told first.
        if (!context.Request.IsAuthorizationCodeGrantType() || string.IsNullOrEmpty(context.Request.Code))
            return default;

        if (context.Request.CodeVerifier is not { Length: >= 43 and <= 128 } verifier || verifier.AsSpan().ContainsAnyExcept(Unreserved))
            context.Refuse(Errors.InvalidGrant, Reasons.VerifierInvalid, "The code_verifier is missing, or none: 43 to 128 characters of A-Z a-z 0-9 - . _ and ~.");

        return default;
    }
}

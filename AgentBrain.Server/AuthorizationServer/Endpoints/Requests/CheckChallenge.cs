using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Requests;

/// <summary>
/// Every authorization request has a challenge, by S256 and in the one form that a SHA-256 has (RFC 7636 §4.2). The method that is
/// meant when none is named is <c>plain</c>, which is none here.
/// </summary>
internal sealed class CheckChallenge<TContext> : IOpenIddictServerHandler<TContext>
    where TContext : BaseValidatingContext
{
    private const int ChallengeLength = 43;

    /// <inheritdoc/>
    public ValueTask HandleAsync(TContext context)
    {
        var request = context.Transaction.Request!;
        if (string.IsNullOrEmpty(request.CodeChallenge))
            context.Refuse(Errors.InvalidRequest, Reasons.ChallengeInvalid, "The request needs a code_challenge (PKCE).");
        else if (request.CodeChallengeMethod != CodeChallengeMethods.Sha256)
            context.Refuse(Errors.InvalidRequest, Reasons.ChallengeInvalid, "The transform algorithm is not supported; code_challenge_method must be S256.");
        else if (request.CodeChallenge.Length != ChallengeLength || !Base64UrlText.IsCanonical(request.CodeChallenge))
            context.Refuse(Errors.InvalidRequest, Reasons.ChallengeInvalid, "The code_challenge is no SHA-256 in base64url, 43 characters without padding.");

        return default;
    }
}

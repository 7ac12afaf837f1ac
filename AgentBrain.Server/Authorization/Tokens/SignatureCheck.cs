using AgentBrain.OAuth.Issuers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.IdentityModel.Tokens;

namespace AgentBrain.Server.Authorization.Tokens;

/// <summary>Has the platform's JWT bearer handler verify a token, with the settings of the one issuer that the token names.</summary>
internal sealed class SignatureCheck
{
    /// <summary>The reason why the token is not what its issuer signed; <c>null</c> when it is.</summary>
    public async Task<string?> FailureOfAsync(HttpContext context, TrustedIssuer issuer, string token)
    {
        context.Features.Set(new PresentedToken(token));
        var result = await context.AuthenticateAsync(JwtBearerSetup.SchemeOf(issuer.Settings));
        return result.Succeeded ? null : Reason(result.Failure);
    }

    private static string Reason(Exception? failure) => failure switch
    {
        SecurityTokenInvalidAlgorithmException => Reasons.TokenAlgorithm,
        SecurityTokenInvalidTypeException => Reasons.TokenType,
        SecurityTokenExpiredException => Reasons.TokenExpired,
        SecurityTokenNotYetValidException => Reasons.TokenNotYetValid,
        SecurityTokenInvalidLifetimeException => Reasons.TokenExpired,
        SecurityTokenInvalidAudienceException => Reasons.WrongAudience,
        SecurityTokenInvalidIssuerException => Reasons.UnknownIssuer,
        SecurityTokenMalformedException => Reasons.TokenMalformed,
        SecurityTokenNoExpirationException => Reasons.TokenClaims,

        // Strict reading found the text well formed, so what the platform stumbles over is the type of a claim.
        ArgumentException => Reasons.TokenClaims,
        _ => Reasons.TokenSignature,
    };
}

/// <summary>The token that the pipeline found in the request; the platform's handler looks nowhere else for one.</summary>
internal sealed record PresentedToken(string Value);

using System.Security.Claims;
using System.Text.Encodings.Web;
using AgentBrain.OAuth.Challenges;
using AgentBrain.OAuth.Revocation;
using AgentBrain.OAuth.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AgentBrain.Server.Authorization.Tokens;

/// <summary>
/// Step 3 of the mode oauth: one token in one header, of an issuer that we trust, for this resource, used in the way it is bound to.
/// Whatever cannot be decided is refused.
/// </summary>
internal sealed class OAuthAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    TokenJudge tokens,
    TokenUse uses,
    ProofJudge proofs,
    ResourceChallenges challenges,
    Refuser refuser)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = "oauth";

    private Failure _failure = new(Reasons.NoCredentials, null);

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (RequestedResource.Of(Context) is not { } resource)
            return AuthenticateResult.NoResult();

        var header = AuthorizationHeader.Read(Request.Headers.Authorization, takesDpop: true);
        if (header.Reason is { } unreadable)
            return Fail(new Failure(unreadable, null));

        var judged = await tokens.JudgeAsync(Context, header.Token, resource);
        if (judged.Token is not { } token)
            return Fail(new Failure(judged.Reason!, header.Scheme) { Detail = judged.Detail, RetryAfter = judged.RetryAfter });

        if (Misuse(token, header.Scheme, resource) is { } misused)
            return Fail(misused);

        if (header.Scheme == TokenScheme.DPoP && await proofs.JudgeAsync(Context, resource, header.Token, token) is { } unproved)
            return Fail(unproved);

        var caller = new Caller(SchemeName, token.Issuer, token.Subject, token.ClientId, resource.Brain, resource.Uri, token.Scopes, token.KeyThumbprint) { Token = token };
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new CallerIdentity(caller)), SchemeName));
    }

    /// <inheritdoc/>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var answer = TokenRefusals.Of(_failure.Reason);
        if (answer.Status == StatusCodes.Status401Unauthorized && RequestedResource.Of(Context) is { } resource)
            challenges.Write(Context, resource, _failure.Scheme, answer.Error);

        if (_failure.Nonce is { } nonce)
            Response.Headers[ProofJudge.NonceHeader] = nonce;

        TimeSpan? retryAfter = answer.Status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests
            ? _failure.RetryAfter ?? TimeSpan.FromSeconds(1)
            : null;
        return refuser.RefuseAsync(Context, new Refusal(answer.Status, _failure.Reason, answer.Message) { RetryAfter = retryAfter }, _failure.Detail);
    }

    private Failure? Misuse(AccessToken token, TokenScheme scheme, ProtectedResource resource)
    {
        try
        {
            return uses.Refusal(token, scheme, resource) is { } reason ? new Failure(reason, scheme) : null;
        }
        catch (RevocationsUnavailableException)
        {
            return new Failure(Reasons.RevocationsUnavailable, scheme);
        }
    }

    private AuthenticateResult Fail(Failure failure)
    {
        _failure = failure;
        return failure.Reason == Reasons.NoCredentials ? AuthenticateResult.NoResult() : AuthenticateResult.Fail(failure.Reason);
    }
}

/// <summary>Why a request has no caller.</summary>
/// <param name="Reason">A code of <see cref="Reasons"/>.</param>
/// <param name="Scheme">The scheme that it used; <c>null</c> when it had no usable credentials.</param>
internal sealed record Failure(string Reason, TokenScheme? Scheme)
{
    /// <summary>For the log alone.</summary>
    public string? Detail { get; init; }

    /// <summary>When it makes sense to try again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>A nonce for the next proof.</summary>
    public string? Nonce { get; init; }
}

using AgentBrain.OAuth.Challenges;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using AgentBrain.Server.Configuration;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AgentBrain.Server.Authorization;

/// <summary>
/// Step 3 of the mode basic: a shared secret as a bearer token. The challenge has no OAuth hints, which would send clients into a
/// dance that cannot work here.
/// </summary>
internal sealed class BasicAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    ServerSettings settings,
    FailureLimit failures,
    Refuser refuser)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = "basic";

    /// <summary>Who vouches for the principals of this mode: whoever handed the secret out.</summary>
    public const string Issuer = "urn:agent-brain:basic";

    private string _reason = Reasons.NoCredentials;

    /// <inheritdoc/>
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (RequestedResource.Of(Context) is not { } resource)
            return Task.FromResult(AuthenticateResult.NoResult());

        var header = AuthorizationHeader.Read(Request.Headers.Authorization, takesDpop: false);
        if (header.Reason is { } failure)
            return Fail(failure);

        if (Match(header.Token) is not { } secret)
            return Fail(Reasons.WrongSecret);

        var caller = new Caller(SchemeName, Issuer, secret.Principal, SchemeName, resource.Brain, resource.Uri, ScopeSet.All);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new CallerIdentity(caller)), SchemeName)));
    }

    /// <inheritdoc/>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_reason == Reasons.AuthorizationSyntax)
            return refuser.RefuseAsync(Context, new Refusal(StatusCodes.Status400BadRequest, _reason, "The request must have one Authorization header with one bearer token."));

        if (_reason == Reasons.WrongSecret && !failures.Allow(Context.Connection.RemoteIpAddress, out var retryAfter))
            return refuser.RefuseAsync(Context, new Refusal(StatusCodes.Status429TooManyRequests, Reasons.FailureRate, "Too many wrong credentials from this address.") { RetryAfter = retryAfter });

        Response.Headers.WWWAuthenticate = "Bearer realm=\"agent-brain\"";
        return refuser.RefuseAsync(Context, new Refusal(StatusCodes.Status401Unauthorized, _reason, "The request needs the server's secret as a bearer token."));
    }

    /// <summary>Compares with every secret and leaves early for none, so that time tells neither how many there are nor which one it was.</summary>
    private BasicSecret? Match(string token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes(token), hash);
        BasicSecret? match = null;
        foreach (var secret in settings.BasicSecrets)
        {
            if (secret.Matches(hash))
                match = secret;
        }

        return match;
    }

    private Task<AuthenticateResult> Fail(string why)
    {
        _reason = why;
        return Task.FromResult(why == Reasons.NoCredentials ? AuthenticateResult.NoResult() : AuthenticateResult.Fail(why));
    }
}

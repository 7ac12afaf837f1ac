using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AgentBrain.Server.Authorization;

/// <summary>Step 3 of the mode none: whoever got past the transport guard is the owner.</summary>
internal sealed class LocalAuthenticationHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = "none";

    /// <inheritdoc/>
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(RequestedResource.Of(Context) is { } resource
        ? AuthenticateResult.Success(new AuthenticationTicket(
            new ClaimsPrincipal(new CallerIdentity(LocalCaller.ForHttp(resource, Context.Connection.RemoteIpAddress))),
            SchemeName))
        : AuthenticateResult.NoResult());
}

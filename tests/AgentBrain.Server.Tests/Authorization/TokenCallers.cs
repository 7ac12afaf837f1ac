using System.Collections.Concurrent;
using System.Security.Claims;
using System.Text.Encodings.Web;
using AgentBrain.OAuth.Tokens;
using AgentBrain.Server.Authorization;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace AgentBrain.Server.Tests.Authorization;

/// <summary>Callers with access tokens, whose entitlement the test can change. The token is what the caller says it is.</summary>
internal sealed class TokenCallers : IAccessPolicy
{
    public const string Issuer = "https://as.example";

    private readonly ConcurrentDictionary<string, AccessToken> _tokens = new(StringComparer.Ordinal);

    /// <summary>What the policy answers.</summary>
    public Func<ScopeSet?> Maximum { get; set; } = () => ScopeSet.All;

    public ScopeSet? MaximumFor(Caller caller, ProtectedResource resource) => Maximum();

    /// <summary>Makes callers of this kind the only ones.</summary>
    public void Install(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(this);
        builder.Services.Replace(ServiceDescriptor.Singleton<IAccessPolicy>(this));
        builder.Services.Configure<AuthenticationOptions>(options =>
        {
            options.AddScheme<Handler>("test", null);
            options.DefaultScheme = "test";
        });
    }

    /// <summary>A token for a subject.</summary>
    public AccessToken Issue(string subject, DateTimeOffset now, TimeSpan? life = null)
    {
        var token = new AccessToken
        {
            Issuer = Issuer,
            Subject = subject,
            ClientId = "client-1",
            Audiences = [],
            Scopes = ScopeSet.All,
            IssuedAt = now,
            ExpiresAt = now + (life ?? TimeSpan.FromMinutes(15)),
            TokenId = Guid.NewGuid().ToString("N"),
        };
        _tokens[token.TokenId] = token;
        return token;
    }

    /// <summary>A client that sends a token.</summary>
    public static HttpClient ClientOf(TestBrain brain, AccessToken token)
    {
        var client = brain.NewClient(token.TokenId);
        client.Timeout = TimeSpan.FromSeconds(30);
        return client;
    }

    private sealed class Handler(TokenCallers callers, IOptionsMonitor<AuthenticationSchemeOptions> options, Microsoft.Extensions.Logging.ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (RequestedResource.Of(Context) is not { } resource || !callers._tokens.TryGetValue(Request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal), out var token))
                return Task.FromResult(AuthenticateResult.NoResult());

            var caller = new Caller("oauth", token.Issuer, token.Subject, token.ClientId, resource.Brain, resource.Uri, token.Scopes) { Token = token };
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new CallerIdentity(caller)), "test")));
        }
    }
}

using AgentBrain.OAuth.Issuers;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace AgentBrain.Server.Authorization.Tokens;

/// <summary>
/// Sets the platform's JWT bearer handler up, once for each issuer. Keys come from our own bounded cache, since the platform's answers 401
/// while an issuer is down, and refuses the first token of a new key.
/// </summary>
internal sealed class JwtBearerSetup(TrustedIssuers issuers, ResourceMap resources, TimeProvider time) : IConfigureNamedOptions<JwtBearerOptions>
{
    /// <summary>The name of the scheme that verifies an issuer's tokens; nothing outside sees it.</summary>
    public static string SchemeOf(IssuerSettings settings) => "jwt " + settings.Issuer;

    /// <inheritdoc/>
    public void Configure(JwtBearerOptions options)
    {
    }

    /// <inheritdoc/>
    public void Configure(string? name, JwtBearerOptions options)
    {
        if (issuers.All.FirstOrDefault(issuer => SchemeOf(issuer.Settings) == name) is not { Keys: not null } issuer)
            return;

        options.MapInboundClaims = false;
        options.SaveToken = false;
        options.IncludeErrorDetails = false;
        options.TimeProvider = time;
        options.TokenValidationParameters = Parameters(issuer);
        options.Events = new JwtBearerEvents
        {
            OnMessageReceived = static context =>
            {
                context.Token = context.HttpContext.Features.Get<PresentedToken>()?.Value;
                if (context.Token is null)
                    context.NoResult();

                return Task.CompletedTask;
            },
        };
    }

    private TokenValidationParameters Parameters(TrustedIssuer issuer) => new()
    {
        ValidIssuer = issuer.Settings.Issuer,
        ValidAlgorithms = issuer.Settings.Algorithms,
        ValidTypes = issuer.Settings.TokenTypes.SelectMany(type => new[] { type, "application/" + type }),
        ValidAudiences = resources.All.Select(resource => resource.Uri).Concat(issuer.Settings.Audiences.Keys),
        IgnoreTrailingSlashWhenValidatingAudience = false,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        TryAllIssuerSigningKeys = false,
        ClockSkew = issuer.Settings.ClockSkew,
        TypeValidator = static (type, _, parameters) => IsType(type, parameters) ? type : throw new SecurityTokenInvalidTypeException(),
        LifetimeValidator = (notBefore, expires, _, parameters) => IsAlive(notBefore, expires, parameters.ClockSkew),
        IssuerSigningKeyResolver = (_, token, keyId, _) => Keys(issuer, token, keyId),
    };

    /// <summary>Media types compare without case (RFC 7515 §4.1.9), which the platform's own comparison does not know.</summary>
    private static bool IsType(string? type, TokenValidationParameters parameters) => parameters.ValidTypes.Contains(type, StringComparer.OrdinalIgnoreCase);

    /// <summary>RFC 7519 §4.1.4 and §4.1.5; throws what tells a token that is too young from one that is too old.</summary>
    private bool IsAlive(DateTime? notBefore, DateTime? expires, TimeSpan skew)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (expires is not { } end)
            throw new SecurityTokenNoExpirationException();

        if (notBefore is { } start && start - skew > now)
            throw new SecurityTokenNotYetValidException();

        return now < end + skew;
    }

    /// <summary>The key was looked up a moment ago, so it is there without waiting; if it no longer is, the token is refused.</summary>
    private static SecurityKey[] Keys(TrustedIssuer issuer, SecurityToken token, string? keyId)
    {
        var algorithm = (token as Microsoft.IdentityModel.JsonWebTokens.JsonWebToken)?.Alg ?? "";
        var lookup = issuer.Keys!.FindAsync(string.IsNullOrEmpty(keyId) ? null : keyId, algorithm, CancellationToken.None);
        return lookup.IsCompletedSuccessfully && lookup.Result.Key is { } key ? [key] : [];
    }
}

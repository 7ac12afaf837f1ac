using AgentBrain.OAuth.Dpop;
using AgentBrain.OAuth.Introspection;
using AgentBrain.OAuth.Issuers;
using AgentBrain.OAuth.Policy;
using AgentBrain.OAuth.Replay;
using AgentBrain.OAuth.Revocation;
using AgentBrain.OAuth.Tokens;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Configuration.OAuth;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace AgentBrain.Server.Authorization.Tokens;

/// <summary>Puts together what judges access tokens.</summary>
internal static class AccessTokenServices
{
    // Tokens that were never seen before, of one address: enough for a team behind one, too little to make us a weapon.
    private const int UnknownTokensAtOnce = 60;
    private const int MaxAddresses = 16_384;
    private static readonly TimeSpan UnknownTokenInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Adds everything.</summary>
    public static void AddAccessTokens(this IServiceCollection services, OAuthSettings settings)
    {
        services.AddSingleton(settings).AddSingleton(settings.Proofs);
        services.AddSingleton(new AccessPolicy(settings.Access.Select(static brain => KeyValuePair.Create(brain.Key, brain.Value.Rules))));
        services.AddSingleton<IAccessPolicy, EntitlementPolicy>();
        services.AddSingleton<ResourceChallenges>().AddSingleton<IScopeChallenge>(static provider => provider.GetRequiredService<ResourceChallenges>());
        services.AddIssuers(settings);
        services.AddProofs(settings);
        if (settings.HasSharedRevocations)
            services.AddSharedRevocations(settings.Redis!);

        services.AddSingleton<TokenJudge>().AddSingleton<TokenUse>().AddSingleton<ProofJudge>().AddSingleton<SignatureCheck>();
        services.AddSingleton(static provider => new AccessTokenCache(provider.GetRequiredService<TimeProvider>()));
    }

    /// <summary>
    /// Makes what must be there before the first request: the store of proofs, which remembers from its birth on and not from the
    /// first proof on, and whatever a wrong setting would stop the start with.
    /// </summary>
    /// <exception cref="ConfigurationException">The connection string of Redis is none.</exception>
    public static void PrepareAccessTokens(this IServiceProvider services)
    {
        services.GetRequiredService<IReplayStore>();
        services.GetRequiredService<TokenJudge>();
    }

    private static void AddIssuers(this IServiceCollection services, OAuthSettings settings)
    {
        // Not from the factory of HTTP clients, whose retries would multiply questions and let callers wait: what asks an issuer has a
        // short time, and spaces its attempts itself.
        services.AddSingleton(static _ => new HttpMessageInvoker(IssuerHttp.CreateHandler()));
        services.AddSingleton<IssuerHttp>();
        services.AddSingleton(provider => new TrustedIssuers(settings.Issuers.Select(issuer => Trust(provider, issuer))));
        services.AddSingleton<IPostConfigureOptions<JwtBearerOptions>, JwtBearerPostConfigureOptions>();
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, JwtBearerSetup>();
        services.Configure<Microsoft.AspNetCore.Authentication.AuthenticationOptions>(options =>
        {
            foreach (var issuer in settings.Issuers.Where(static issuer => issuer.Introspection is null))
                options.AddScheme<JwtBearerHandler>(JwtBearerSetup.SchemeOf(issuer), null);
        });
        services.AddHostedService<IssuerRefresh>();
        services.AddHealthChecks().AddCheck<IssuerHealth>("issuers");
    }

    private static void AddProofs(this IServiceCollection services, OAuthSettings settings)
    {
        if (settings.Redis is { } redis)
        {
            services.AddSingleton(provider => Connect(provider, redis));
            services.AddSingleton<IReplayStore>(provider => new RedisReplayStore(provider.GetRequiredService<RedisConnection>(), settings.Proofs.LivePerKey));
            services.AddSingleton<ReplayHealth>().AddHealthChecks().AddCheck<ReplayHealth>("replay");
        }
        else
        {
            services.AddSingleton<IReplayStore>(provider => new MemoryReplayStore(provider.GetRequiredService<TimeProvider>(), settings.Proofs.Capacity, settings.Proofs.LivePerKey));
        }

        services.AddSingleton(static provider => new NonceSource(provider.GetRequiredService<IReplayStore>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ProofValidator>();
    }

    /// <summary>On a connection of its own: reading them all may take longer than a call waits for the verdict on its proof.</summary>
    private static void AddSharedRevocations(this IServiceCollection services, string redis)
    {
        services.AddSingleton(provider => new RedisRevocations(
            new RedisConnection(redis, provider.GetRequiredService<TimeProvider>(), TimeSpan.FromSeconds(2)),
            provider.GetRequiredService<Revocations>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RedisRevocations>>()));
        services.AddSingleton<IRevocations>(static provider => provider.GetRequiredService<RedisRevocations>());
        services.AddHostedService<RevocationReader>();
    }

    private static RedisConnection Connect(IServiceProvider provider, string connection)
    {
        try
        {
            return new RedisConnection(connection, provider.GetRequiredService<TimeProvider>());
        }
        catch (FormatException exception)
        {
            throw new ConfigurationException($"{SettingNames.Redis} is not a connection string as StackExchange.Redis has it; write host:port,password=…,ssl=true with what applies.", exception);
        }
    }

    private static TrustedIssuer Trust(IServiceProvider provider, IssuerSettings issuer)
    {
        var (http, time) = (provider.GetRequiredService<IssuerHttp>(), provider.GetRequiredService<TimeProvider>());
        if (provider.GetService<ILocalKeySource>() is { } own && own.Issuer == issuer.Issuer)
            return new TrustedIssuer(issuer, time, own);

        if (issuer.Introspection is null)
            return new TrustedIssuer(issuer, time, new IssuerKeys(issuer, http, time, provider.GetRequiredService<ILogger<IssuerKeys>>()));

        var rates = new TokenBuckets(time, UnknownTokensAtOnce, UnknownTokenInterval, MaxAddresses);
        return new TrustedIssuer(issuer, time, new IntrospectionClient(issuer, http, rates, time, provider.GetRequiredService<ILogger<IntrospectionClient>>()));
    }
}

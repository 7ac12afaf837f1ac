using AgentBrain.OAuth.Revocation;
using AgentBrain.Server.Authorization.Tokens;
using AgentBrain.Server.Configuration;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Authorization;

/// <summary>Puts the steps together, in their one order, for every mode.</summary>
internal static class AuthorizationPipeline
{
    /// <summary>The policy of every endpoint that is not in the list of public ones.</summary>
    private static readonly AuthorizationPolicy Authenticated = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build();

    /// <summary>Adds what the steps need.</summary>
    public static IServiceCollection AddAgentBrainAuthorization(this IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton(settings)
            .AddSingleton(settings.Limits)
            .AddSingleton(new ResourceMap(settings.Brains.Select(brain => brain.Name), settings.BaseUrl))
            .AddSingleton<HostPolicy>()
            .AddSingleton<Refuser>()
            .AddSingleton<FailureLimit>()
            .AddSingleton<PrincipalRates>()
            .AddSingleton<SessionBindings>()
            .AddSingleton<OpenResponses>()
            .AddSingleton<AccessCheck>()
            .AddSingleton(static provider => new Revocations(provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<AccessSweep>()
            .AddHostedService<AccessSweep>(static provider => provider.GetRequiredService<AccessSweep>());
        services.AddDispatchGuard(isStdio: false);
        if (settings.OAuth is { } oauth)
            services.AddAccessTokens(oauth);
        else
            services.AddSingleton<IAccessPolicy, OwnerPolicy>().AddSingleton<IScopeChallenge, PlainScopeChallenge>();

        services.TryAddSingleton<IRevocations>(static provider => provider.GetRequiredService<Revocations>());

        // Not AddAuthentication: that brings data protection, whose keys would be written to the user's home for nothing.
        services.AddWebEncoders();
        services.AddAuthenticationCore(options =>
        {
            switch (settings.Mode)
            {
                case AuthMode.OAuth:
                    AddDefault<OAuthAuthenticationHandler>(options, OAuthAuthenticationHandler.SchemeName);
                    break;
                case AuthMode.Basic:
                    AddDefault<BasicAuthenticationHandler>(options, BasicAuthenticationHandler.SchemeName);
                    break;
                default:
                    AddDefault<LocalAuthenticationHandler>(options, LocalAuthenticationHandler.SchemeName);
                    break;
            }
        });
        services.AddAuthorizationBuilder().SetDefaultPolicy(Authenticated).SetFallbackPolicy(Authenticated);
        return services;
    }

    /// <summary>Adds the guard before every filter that anybody registered, and the check of the table.</summary>
    public static IServiceCollection AddDispatchGuard(this IServiceCollection services, bool isStdio)
    {
        services.AddMetrics();
        services.AddSingleton<AuthorizationTelemetry>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<DispatchGuard>(provider, isStdio));
        services.AddOptions<McpServerOptions>().PostConfigure<DispatchGuard>((options, guard) => options.Filters.Message.IncomingFilters.Insert(0, guard.Filter));
        return services;
    }

    private static void AddDefault<THandler>(AuthenticationOptions options, string scheme)
        where THandler : class, IAuthenticationHandler
    {
        options.DefaultScheme = scheme;
        options.AddScheme<THandler>(scheme, null);
    }

    /// <summary>Adds the steps. Routing has run before, endpoints run after.</summary>
    /// <param name="app">The application.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="beforeAuthentication">Adds steps of the authorization server, if there is one: its pages ask who calls by themselves.</param>
    public static void UseAgentBrainAuthorization(this IApplicationBuilder app, ServerSettings settings, Action<IApplicationBuilder>? beforeAuthentication = null)
    {
        app.UseMiddleware<ResourceStep>();
        app.UseMiddleware<ResponseHeaders>(settings.PublicUrl is { IsLoopback: false } url && url.Scheme == Uri.UriSchemeHttps);
        app.UseMiddleware<TransportGuard>();
        app.UseMiddleware<CrossOriginStep>();
        app.UseMiddleware<AddressRateLimit>();
        app.UseMiddleware<UnknownPath>();
        beforeAuthentication?.Invoke(app);
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseMiddleware<PrincipalRateLimit>();
        app.UseMiddleware<AccessPolicyStep>();
        app.UseMiddleware<RequestBody>();
        app.UseMiddleware<SessionBinding>();
        app.UseMiddleware<ScopeGate>();
        app.UseMiddleware<EventStreams>();
        app.UseMiddleware<ResponseLifetime>();
    }
}

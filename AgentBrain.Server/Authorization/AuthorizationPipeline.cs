using AgentBrain.Server.Configuration;
using Microsoft.AspNetCore.Authorization;
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
            .AddSingleton<SessionBindings>()
            .AddSingleton<IAccessPolicy, OwnerPolicy>()
            .AddSingleton<IScopeChallenge, PlainScopeChallenge>();
        services.AddDispatchGuard(isStdio: false);

        // Not AddAuthentication: that brings data protection, whose keys would be written to the user's home for nothing.
        services.AddWebEncoders();
        services.AddAuthenticationCore(options =>
        {
            options.DefaultScheme = settings.Mode == AuthMode.Basic ? BasicAuthenticationHandler.SchemeName : LocalAuthenticationHandler.SchemeName;
            if (settings.Mode == AuthMode.Basic)
                options.AddScheme<BasicAuthenticationHandler>(BasicAuthenticationHandler.SchemeName, null);
            else
                options.AddScheme<LocalAuthenticationHandler>(LocalAuthenticationHandler.SchemeName, null);
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

    /// <summary>Adds the steps. Routing has run before, endpoints run after.</summary>
    /// <param name="app">The application.</param>
    /// <param name="settings">Its settings.</param>
    public static void UseAgentBrainAuthorization(this IApplicationBuilder app, ServerSettings settings)
    {
        app.UseMiddleware<ResourceStep>();
        app.UseMiddleware<ResponseHeaders>(settings.PublicUrl is { IsLoopback: false } url && url.Scheme == Uri.UriSchemeHttps);
        app.UseMiddleware<TransportGuard>();
        app.UseMiddleware<CrossOriginStep>();
        app.UseMiddleware<AddressRateLimit>();
        app.UseMiddleware<UnknownPath>();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseMiddleware<PrincipalRateLimit>();
        app.UseMiddleware<AccessPolicyStep>();
        app.UseMiddleware<RequestBody>();
        app.UseMiddleware<SessionBinding>();
        app.UseMiddleware<ScopeGate>();
        app.UseMiddleware<StreamQuota>();
    }
}

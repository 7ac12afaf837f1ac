using AgentBrain.OAuth.Assertions;
using AgentBrain.Server.AuthorizationServer.Endpoints.Authentication;
using AgentBrain.Server.AuthorizationServer.Endpoints.Requests;
using AgentBrain.Server.AuthorizationServer.Storage;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace AgentBrain.Server.AuthorizationServer.Endpoints;

/// <summary>Sets OpenIddict up, which speaks the protocol, and takes from it what it would do otherwise than we must.</summary>
internal static class ProtocolServices
{
    /// <summary>Adds the protocol.</summary>
    public static void AddProtocol(this IServiceCollection services, AuthorizationServerSettings settings)
    {
        services.AddSingleton<ServerProofs>().AddSingleton<BrainResources>().AddSingleton<ClientFailures>();
        services.AddSingleton(provider => new ClientAssertionRules(settings.Issuer, provider.GetRequiredService<TimeProvider>()));
        services.AddOpenIddict()
            .AddCore(core => core.UseEntityFrameworkCore().UseDbContext<AuthorityContext>()
                .ReplaceDefaultEntities<ClientRecord, AuthorizationRecord, ScopeRecord, TokenRecord, string>())
            .AddServer(server =>
            {
                server.SetIssuer(new Uri(settings.Issuer));
                server.SetAuthorizationEndpointUris(EndpointPaths.Authorize)
                    .SetTokenEndpointUris(EndpointPaths.Token)
                    .SetPushedAuthorizationEndpointUris(EndpointPaths.PushedAuthorization)
                    .SetIntrospectionEndpointUris(EndpointPaths.Introspection)
                    .SetRevocationEndpointUris(EndpointPaths.Revocation)
                    .SetJsonWebKeySetEndpointUris(EndpointPaths.Jwks)
                    .SetConfigurationEndpointUris(Array.Empty<Uri>()); // The metadata is ours (ServerMetadata).
                server.AllowAuthorizationCodeFlow().AllowRefreshTokenFlow().AllowClientCredentialsFlow();
                server.DisableAccessTokenEncryption().DisableAuthorizationStorage();
                server.SetAccessTokenLifetime(settings.AccessTokenLifetime);
                LeaveToUs(server);
                server.Configure(options =>
                {
                    options.CodeChallengeMethods.Remove(CodeChallengeMethods.Plain);
                    options.ResponseModes.IntersectWith([ResponseModes.Query]);
                    options.RequestTokenLifetime = settings.PushedRequestLifetime;
                });
                server.AddProtocolHandlers();
                server.UseAspNetCore()
                    .EnableAuthorizationEndpointPassthrough()
                    .EnableErrorPassthrough()
                    .DisableTransportSecurityRequirement() // The pipeline has its own, which knows of proxies.
                    .SuppressJsonResponseIndentation();
            });
    }

    /// <summary>What of a request is judged by <see cref="ReadScope{TContext}"/> and <see cref="ReadResource{TContext}"/>, for all clients alike.</summary>
    private static void LeaveToUs(OpenIddictServerBuilder server)
    {
        server.RegisterScopes([.. ScopeSetText.Vocabulary]);
        server.DisableScopeValidation().DisableResourceValidation();
        server.IgnoreScopePermissions().IgnoreResourcePermissions().IgnoreAudiencePermissions().IgnoreResponseTypePermissions();
    }
}

using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Consent;
using AgentBrain.Server.AuthorizationServer.Clients.Registration;
using AgentBrain.Server.AuthorizationServer.Owner;
using AgentBrain.Server.AuthorizationServer.OwnerConsole;
using AgentBrain.Server.AuthorizationServer.Pages;
using AgentBrain.Server.AuthorizationServer.Endpoints.Metadata;

namespace AgentBrain.Server.AuthorizationServer.Endpoints;

/// <summary>Maps every endpoint of the authorization server; what is not here is not served.</summary>
internal static class AuthorizationServerEndpoints
{
    /// <summary>What OpenIddict answers itself: it acts before endpoints run, and routing must know the paths all the same.</summary>
    private static readonly string[] Answered =
        [EndpointPaths.Token, EndpointPaths.PushedAuthorization, EndpointPaths.Introspection, EndpointPaths.Revocation, EndpointPaths.Jwks];

    /// <summary>Maps them.</summary>
    public static void MapAuthorizationServer(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapServerMetadata();
        foreach (var path in Answered)
            endpoints.Map(path, NotFound).WithMetadata(new OwnOriginRules(), new AuthorizationServerEndpoint()).AllowAnonymous();

        // For other verbs than POST: the gate answers them, preflights among them, and routing's own answer would come from an endpoint
        // that takes calls of no other origin.
        endpoints.MapMethods(EndpointPaths.Registration, [HttpMethods.Get, HttpMethods.Delete, HttpMethods.Options], NotFound).WithMetadata(new OwnOriginRules(), new AuthorizationServerEndpoint()).AllowAnonymous();
        endpoints.MapRegistration();
        endpoints.MapPages();
        endpoints.MapConsent();
        endpoints.MapConsole();
        endpoints.MapOwner();
    }

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}

/// <summary>Marks an endpoint of the authorization server.</summary>
internal sealed record AuthorizationServerEndpoint;

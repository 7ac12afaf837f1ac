using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.Pages;

namespace AgentBrain.Server.AuthorizationServer.Consent;

/// <summary>Adds consent, and maps its pages.</summary>
internal static class ConsentServices
{
    /// <summary>Adds it.</summary>
    public static void AddConsent(this IServiceCollection services) => services
        .AddSingleton<AuthorizationResponse>()
        .AddSingleton<AuthorizeReader>()
        .AddSingleton<Interactions>()
        .AddSingleton<ConsentMemory>()
        .AddSingleton<ConsentDecision>()
        .AddSingleton<AuthorizeEndpoint>()
        .AddSingleton<ConsentEndpoint>();

    /// <summary>Maps its pages.</summary>
    public static void MapConsent(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(EndpointPaths.Authorize, static (HttpContext context, AuthorizeEndpoint endpoint) => endpoint.AnswerAsync(context)).AsPage();
        endpoints.Map(EndpointPaths.Consent, static (HttpContext context, ConsentEndpoint endpoint) => endpoint.AnswerAsync(context)).AsPage();
    }
}

using AgentBrain.Server.AuthorizationServer.Pages;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>Maps pages whose handlers say what to answer.</summary>
internal static class PageRoutes
{
    /// <summary>A page that is read.</summary>
    public static IEndpointConventionBuilder MapPage(this IEndpointRouteBuilder endpoints, string path, Func<HttpContext, Task<IResult>> show) =>
        endpoints.MapGet(path, async context => await (await show(context)).ExecuteAsync(context)).AsPage();

    /// <summary>A form of a page.</summary>
    public static IEndpointConventionBuilder MapForm(this IEndpointRouteBuilder endpoints, string path, Func<HttpContext, Task<IResult>> act) =>
        endpoints.MapPost(path, async context => await (await act(context)).ExecuteAsync(context)).AsPage();
}

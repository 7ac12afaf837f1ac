using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentBrain.Server.AuthorizationServer.Pages;

/// <summary>
/// Renders a page. What it shows comes as one view, which the component takes as
/// <c>[CascadingParameter] private TView View { get; set; } = default!;</c>: components are public, views need not be.
/// </summary>
internal static class Page
{
    /// <summary>A page that shows nothing of its own.</summary>
    public static IResult Render<TPage>(int status = StatusCodes.Status200OK)
        where TPage : IComponent => Render<TPage, NoView>(new NoView(), status);

    /// <summary>A page with what it shows.</summary>
    /// <param name="view">What it shows; never another page's type.</param>
    /// <param name="status">The HTTP status.</param>
    public static IResult Render<TPage, TView>(TView view, int status = StatusCodes.Status200OK)
        where TPage : IComponent
        where TView : class => new RazorComponentResult<PageHost<TPage, TView>>(new Dictionary<string, object?>(StringComparer.Ordinal) { [nameof(PageHost<,>.View)] = view })
        {
            StatusCode = status,
            PreventStreamingRendering = true,
        };

    /// <summary>Says in plain words what went wrong.</summary>
    public static IResult Fail(Problem problem) => Render<ProblemPage, Problem>(problem, problem.Status);

    private sealed record NoView;
}

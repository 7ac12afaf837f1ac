using AgentBrain.Server.Authorization;

namespace AgentBrain.Server.AuthorizationServer.Pages;

/// <summary>The rules of pages: headers, antiforgery, and where a form may come from (SR-29).</summary>
internal sealed class PageGuard(RequestDelegate next, AuthorizationServerSettings settings, FormRules forms, Refuser refuser)
{
    private readonly Uri _issuer = new(settings.Issuer);

    /// <summary>Runs the step.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<PageEndpoint>() is null)
        {
            await next(context);
            return;
        }

        // What the browser sees is the public URL, whatever lies between; cookies that are for TLS alone depend on it.
        context.Request.Scheme = _issuer.Scheme;
        PagePolicy.Apply(context);
        var problem = context.Request.Method switch
        {
            "GET" => null,
            "POST" => await forms.JudgeAsync(context),
            _ => new Problem(StatusCodes.Status405MethodNotAllowed, "Not here", "Pages are read and their forms are sent, nothing else.", Reasons.MethodNotAllowed),
        };
        if (problem is null)
        {
            await next(context);
            return;
        }

        refuser.Note(context, problem.Reason, problem.Status);
        await Page.Fail(problem).ExecuteAsync(context);
    }
}

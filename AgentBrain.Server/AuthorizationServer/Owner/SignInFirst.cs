using System.Globalization;
using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.Pages;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>
/// Nobody's authorization request is looked at before the owner has signed in: no client document is fetched, nothing is redirected
/// to a client, and no error tells anything (SR-19, SR-68). The request comes back as it was, once the browser has a session.
/// </summary>
internal sealed class SignInFirst(RequestDelegate next, OwnerSessions sessions, AnsweredPrompts answered, Refuser refuser, TimeProvider time)
{
    private const string Prompt = "prompt";
    private const string MaxAge = "max_age";

    /// <summary>Runs the step.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (!IsAuthorize(context.Request.Path))
        {
            await next(context);
            return;
        }

        // The endpoint takes GET alone, so the query is the whole request.
        var query = context.Request.QueryString.Value;
        var (parameters, path) = (QueryHelpers.ParseQuery(query), EndpointPaths.Authorize + query);
        if (await sessions.FindAsync(context) is not { } owner)
        {
            if (Prompts(parameters).Contains("none", StringComparer.Ordinal))
                await FailAsync(context, new Problem(StatusCodes.Status400BadRequest, "You are not signed in", "The program that sent you here asked not to show you any page (prompt=none), so nothing was done. Nothing was sent to it either.", Reasons.LoginRequired));
            else
                await WaitAsync(context, ReturnPath.SignIn(path));
        }
        else if (AsksAgain(parameters, owner) && !answered.Take(owner.Session.Id, path))
        {
            await WaitAsync(context, ReturnPath.SignInAgain(path));
        }
        else
        {
            await next(context);
        }
    }

    /// <summary>As OpenIddict and routing compare paths: in any case, with a slash at the end or without.</summary>
    private static bool IsAuthorize(PathString path) =>
        path.Value is { } text && text.TrimEnd('/').Equals(EndpointPaths.Authorize, StringComparison.OrdinalIgnoreCase);

    /// <summary>Does the request want a sign-in that is newer than the session's (OpenID Connect Core §3.1.2.1)?</summary>
    private bool AsksAgain(Dictionary<string, StringValues> parameters, SignedInOwner owner)
    {
        var prompts = Prompts(parameters);
        if (prompts.Contains("none", StringComparer.Ordinal))
            return false;

        if (prompts.Contains("login", StringComparer.Ordinal))
            return true;

        // What is no number is no wish; OpenIddict judges it.
        return parameters.TryGetValue(MaxAge, out var value)
            && int.TryParse(value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && time.GetUtcNow() - owner.Session.AuthenticatedAt >= TimeSpan.FromSeconds(seconds);
    }

    private static string[] Prompts(Dictionary<string, StringValues> parameters) =>
        parameters.TryGetValue(Prompt, out var value) ? value.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];

    /// <summary>The request waits in the address of the sign-in page, which must be short enough for this server to take.</summary>
    private Task WaitAsync(HttpContext context, string page) => page.Length <= ReturnPath.MaxLength
        ? SeeOther.To(page).ExecuteAsync(context)
        : FailAsync(context, new Problem(StatusCodes.Status414UriTooLong, "This request is too long", "The program that sent you here asked in more than 8 KB. It can push its request to the server instead (RFC 9126).", Reasons.AuthorizeTooLong));

    private Task FailAsync(HttpContext context, Problem problem)
    {
        refuser.Note(context, problem.Reason, problem.Status);
        return Page.Fail(problem).ExecuteAsync(context);
    }
}

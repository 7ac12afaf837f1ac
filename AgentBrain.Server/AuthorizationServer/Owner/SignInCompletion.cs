using AgentBrain.Server.AuthorizationServer.Storage;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>Gives a browser its session after the owner proved who they are.</summary>
internal sealed class SignInCompletion(AuthorityStore store, OwnerSessions sessions, KnownBrowsers known, AnsweredPrompts answered)
{
    /// <summary>Opens a session, or renews the one that there is, and says where to go.</summary>
    /// <param name="context">The request.</param>
    /// <param name="outcome">Who it is, as it was judged.</param>
    /// <param name="method">How they proved it.</param>
    /// <param name="isAgain">Did they prove it again within a session? That keeps its id, for what waits for an answer in it.</param>
    /// <param name="target">A path of ours.</param>
    /// <returns><c>null</c> when what was proved counts no more: password or passkeys were changed, or taken away, since it was judged.</returns>
    public async Task<IResult?> CompleteAsync(HttpContext context, SignInOutcome outcome, string method, bool isAgain, string target)
    {
        var current = isAgain ? await sessions.FindAsync(context) : null;
        var session = await store.WriteAsync(async database =>
        {
            if (await OwnerAccounts.FindAsync(database) is not { } account || !outcome.IsCurrent(account))
                return null;

            return (current is null ? null : await sessions.RenewAsync(database, context, current, method))
                ?? await sessions.OpenAsync(database, context, account.Id, method);
        });
        if (session is null)
            return null;

        sessions.Show(context, session);
        known.Remember(context);
        answered.Add(session.Id, target);

        return SeeOther.To(target);
    }
}

/// <summary>The answer to a form that did what it should: the browser gets another page, and cannot send the form again by accident.</summary>
internal sealed class SeeOther(string path) : IResult
{
    /// <summary>303 to a local path.</summary>
    public static SeeOther To(string path) => new(path);

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = path;
        return Task.CompletedTask;
    }
}

namespace AgentBrain.Server.Authorization;

/// <summary>Writes the challenge of a 403 for a missing scope, which tells the client what to ask for.</summary>
internal interface IScopeChallenge
{
    /// <summary>Adds the <c>WWW-Authenticate</c> header.</summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">Who lacks the scope.</param>
    /// <param name="needed">All that the operation needs.</param>
    /// <returns>False, and no header, when no challenge would help: the policy does not let the caller have what is needed.</returns>
    bool Write(HttpContext context, Caller caller, ScopeSet needed);
}

/// <summary>The challenge of RFC 6750 §3.1 without OAuth hints: what the caller has and all that the operation needs, in fixed order.</summary>
internal sealed class PlainScopeChallenge : IScopeChallenge
{
    /// <inheritdoc/>
    public bool Write(HttpContext context, Caller caller, ScopeSet needed)
    {
        context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"agent-brain\", error=\"insufficient_scope\", scope=\"{(caller.Scopes | needed).ToScopeText()}\"";
        return true;
    }
}

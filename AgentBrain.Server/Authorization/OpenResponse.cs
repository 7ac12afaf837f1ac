namespace AgentBrain.Server.Authorization;

/// <summary>A response of an MCP endpoint that is being answered: whose it is, what its access rests on, and how it is told to end.</summary>
/// <param name="responses">The responses it is one of; only they open one, and its disposal closes it.</param>
/// <param name="access">What has to hold for as long as it is open.</param>
/// <param name="openedAt">When it was opened.</param>
/// <param name="endsAt">When it must end at the latest; <c>null</c> for no such time.</param>
/// <param name="body">Its body, where it may become an event stream.</param>
internal sealed class OpenResponse(OpenResponses responses, GrantedAccess access, DateTimeOffset openedAt, DateTimeOffset? endsAt, EventStreamBody? body) : IDisposable
{
    // Holds no handle and no timer, so it needs no disposal; and the end may come while the response closes by itself.
    private readonly CancellationTokenSource _ended = new();
    private string? _endReason;

    /// <summary>What has to hold for as long as it is open.</summary>
    public GrantedAccess Access => access;

    /// <summary>When it was opened.</summary>
    public DateTimeOffset OpenedAt => openedAt;

    /// <summary>When it must end at the latest; <c>null</c> for no such time.</summary>
    public DateTimeOffset? EndsAt => endsAt;

    /// <summary>Its body, while it is open. Who keeps the response to ask about its access does not keep the request.</summary>
    public EventStreamBody? Body { get; private set; } = body;

    /// <summary>Whether it counts against the quota of streams; <see cref="OpenResponses"/> alone decides that.</summary>
    public bool IsStream { get; set; }

    /// <summary>Set when the response is to end. What answers it has a moment to end by itself; then it is cut.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Why it is to end, a code of <see cref="Reasons"/>; <c>null</c> until it is.</summary>
    public string? EndReason => _endReason;

    /// <summary>Tells the response to end. The first reason stays.</summary>
    public void End(string reason)
    {
        if (Interlocked.CompareExchange(ref _endReason, reason, null) is null)
            _ = _ended.CancelAsync(); // What hears of it runs elsewhere: it must not hold up whoever ends several.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        responses.Close(this);
        Body = null;
    }
}

/// <summary>A right that was granted to a request, as it can be judged again later.</summary>
/// <param name="Caller">To whom.</param>
/// <param name="Resource">On which resource.</param>
/// <param name="Needed">The scopes that the operation needs.</param>
internal sealed record GrantedAccess(Caller Caller, ProtectedResource Resource, ScopeSet Needed);

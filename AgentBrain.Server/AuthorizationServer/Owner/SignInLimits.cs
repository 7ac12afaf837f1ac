using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Storage;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>
/// Decides who may try to sign in now: a browser that did before has a budget of its own, everybody else one by address prefix and
/// one together, so that many addresses are no way around it. Passkeys have budgets apart from passwords (SR-27).
/// </summary>
internal sealed class SignInLimits(SignInBudget budget, KnownBrowsers known, AuthorityStore store, ActivityLog activities, TimeProvider time)
{
    /// <summary>Attempts of unknown browsers at once, over all addresses.</summary>
    public const int CeilingAtOnce = 60;

    private static readonly TimeSpan CeilingInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AlarmInterval = TimeSpan.FromMinutes(10);

    private readonly TokenBuckets _ceilings = new(time, CeilingAtOnce, CeilingInterval, capacity: 4);
    private readonly TokenBuckets _alarms = new(time, burst: 1, AlarmInterval, capacity: 4);

    /// <summary>Begins an attempt.</summary>
    /// <param name="context">The request.</param>
    /// <param name="method"><c>password</c> or <c>passkey</c>.</param>
    /// <returns>The attempt, to be told how it ended; or why it must wait.</returns>
    public async Task<(Trier? Attempt, SignInOutcome? Refused)> BeginAsync(HttpContext context, string method)
    {
        var browser = known.Find(context);
        var prefix = AddressPrefix.Of(context.Connection.RemoteIpAddress);
        if (budget.Begin(new Trier(method, browser is not null, browser ?? prefix), out var retryAfter) is not { } attempt)
            return (null, new SignInOutcome(null, Reasons.SignInTooSoon, retryAfter));

        if (browser is not null || _ceilings.TryTake(method, out retryAfter))
            return (attempt, null);

        budget.Undo(attempt);
        if (_alarms.TryTake(method, out _))
            await store.WriteAsync(database => Task.FromResult(Note(database, ActivityKinds.SignInFlood, prefix, method)));

        return (null, new SignInOutcome(null, Reasons.SignInCeiling, retryAfter));
    }

    /// <summary>It was not judged.</summary>
    public void Undo(Trier attempt) => budget.Undo(attempt);

    /// <summary>It was right.</summary>
    public void Succeed(Trier attempt) => budget.Succeed(attempt);

    /// <summary>It was wrong, which the owner can see.</summary>
    public Task FailAsync(HttpContext context, string method) => store.WriteAsync(database =>
        Task.FromResult(Note(database, ActivityKinds.SignInFailed, AddressPrefix.Of(context.Connection.RemoteIpAddress), method)));

    private bool Note(AuthorityContext database, string kind, string prefix, string method)
    {
        activities.Add(database, kind, new ActivitySubject(AddressPrefix: prefix, Detail: method));
        return true;
    }
}

using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Storage;

namespace AgentBrain.Server.AuthorizationServer.Grants;

/// <summary>
/// Writes down who presents a refresh token without being the one that it is bound to. It changes nothing about the grant, or a thief's
/// attempt would throw the owner out; and it is written a few times an hour, or the thief would write the log.
/// </summary>
internal sealed class GrantMisuse(AuthorityStore store, ActivityLog activities, TimeProvider time)
{
    /// <summary>How many rows of one grant at once.</summary>
    public const int AtOnce = 3;

    /// <summary>Time until one more.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private const int MaxGrants = 1024;
    private readonly TokenBuckets _rows = new(time, AtOnce, Interval, MaxGrants);

    /// <summary>Writes it down, unless that was done enough.</summary>
    /// <param name="grant">The grant whose token was presented.</param>
    /// <param name="presenter">Who presented it.</param>
    /// <param name="detail">What did not fit.</param>
    public async Task NoteAsync(GrantRecord grant, Presenter presenter, string detail)
    {
        if (!_rows.TryTake(grant.Id, out _))
            return;

        await store.WriteAsync(context =>
        {
            activities.Add(context, ActivityKinds.RefreshMisused, new ActivitySubject(grant.ClientId, grant.Id, grant.Subject, presenter.AddressPrefix, detail));
            return Task.CompletedTask;
        });
    }
}

using AgentBrain.Server.AuthorizationServer.Storage;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>What came of an attempt to sign in.</summary>
/// <param name="OwnerId">Who it is; <c>null</c> when it failed, which says nothing about why.</param>
/// <param name="Reason">A code of <see cref="Reasons"/> when it was not judged, since it came too soon or too many did.</param>
/// <param name="RetryAfter">When to try again then.</param>
internal sealed record SignInOutcome(string? OwnerId, string? Reason = null, TimeSpan RetryAfter = default)
{
    /// <summary>What was so when it was judged (<see cref="OwnerAccounts.Stamp"/>): another one later means that what signs in has changed meanwhile.</summary>
    public string? SecurityStamp { get; init; }

    /// <summary>Does it still count for the account as it is now, within the transaction that acts on it?</summary>
    public bool IsCurrent(OwnerAccount? account) =>
        OwnerId is not null && SecurityStamp is not null && account?.Id == OwnerId && account.SecurityStamp == SecurityStamp;

    /// <summary>It failed.</summary>
    public static readonly SignInOutcome Wrong = new(OwnerId: null);
}

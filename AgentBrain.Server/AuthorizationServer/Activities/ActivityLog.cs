using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Storage;

namespace AgentBrain.Server.AuthorizationServer.Activities;

/// <summary>Writes down what happened, for the owner's console. Rows are added within the transaction of what they tell about.</summary>
/// <param name="time">The clock.</param>
internal sealed class ActivityLog(TimeProvider time)
{
    /// <summary>Most characters of a detail.</summary>
    public const int MaxDetail = 200;

    /// <summary>Adds a row to a transaction that is under way.</summary>
    /// <param name="context">The transaction's context.</param>
    /// <param name="kind">A code of <see cref="ActivityKinds"/>.</param>
    /// <param name="about">Who and what is concerned.</param>
    public void Add(AuthorityContext context, string kind, ActivitySubject about) => context.Activities.Add(new ActivityRecord
    {
        Time = time.GetUtcNow(),
        Kind = kind,
        ClientId = about.ClientId is null ? null : LogText.Safe(about.ClientId, 512),
        GrantId = about.GrantId,
        Subject = about.Subject,
        AddressPrefix = about.AddressPrefix,
        Detail = about.Detail is null ? null : LogText.Safe(about.Detail, MaxDetail),
    });
}

/// <summary>Who and what an activity is about.</summary>
/// <param name="ClientId">The client.</param>
/// <param name="GrantId">The grant.</param>
/// <param name="Subject">The owner's id.</param>
/// <param name="AddressPrefix">The prefix of the address (<see cref="Authorization.AddressPrefix"/>).</param>
/// <param name="Detail">More, without any secret.</param>
internal sealed record ActivitySubject(string? ClientId = null, string? GrantId = null, string? Subject = null, string? AddressPrefix = null, string? Detail = null);

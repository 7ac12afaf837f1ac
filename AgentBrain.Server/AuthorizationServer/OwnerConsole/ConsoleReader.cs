using System.Collections.Immutable;
using AgentBrain.Server.AuthorizationServer.Consent;
using AgentBrain.Server.AuthorizationServer.Keys;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.OwnerConsole;

/// <summary>Reads what the console shows; each list is bounded.</summary>
/// <param name="store">The database.</param>
/// <param name="resources">The names of the brains.</param>
/// <param name="keys">The signing keys.</param>
/// <param name="brains">How the brains are; none where nothing is indexed.</param>
/// <param name="time">The clock.</param>
internal sealed class ConsoleReader(AuthorityStore store, ResourceMap resources, SigningKeys keys, IEnumerable<IBrainStatus> brains, TimeProvider time)
{
    private const int MaxGrants = 500;
    private const int MaxClients = 100;
    private const int MaxActivities = 100;

    /// <summary>Reads it.</summary>
    /// <param name="notice">What the last form did.</param>
    public Task<ConsoleView> ReadAsync(ConsoleNotice? notice = null) => store.ReadAsync(async database =>
    {
        var now = time.GetUtcNow();
        var grants = await database.Grants.Where(grant => grant.RevokedAt == null && grant.ExpiresAt > now && grant.LastUsedAt != null)
            .OrderByDescending(static grant => grant.LastUsedAt).Take(MaxGrants).ToListAsync();
        var activities = await database.Activities.OrderByDescending(static activity => activity.Id).Take(MaxActivities).ToListAsync();
        var mentioned = grants.Select(static grant => grant.ClientId).Concat(activities.Select(static activity => activity.ClientId).OfType<string>()).Distinct(StringComparer.Ordinal).ToList();
        var total = await database.Clients.CountAsync();
        var shown = await database.Clients.OrderByDescending(static client => client.LastUsedAt ?? client.CreatedAt).Take(MaxClients).ToListAsync();
        var named = (await database.Clients.Where(client => mentioned.Contains(client.ClientId!)).ToListAsync()).ToDictionary(static client => client.ClientId!, StringComparer.Ordinal);
        return new ConsoleView
        {
            Grants = [.. grants.Select(grant => Line(grant, named.GetValueOrDefault(grant.ClientId)))],
            Clients = [.. shown.Select(Line)],
            MoreClients = total - shown.Count,
            Brains = [.. brains.SelectMany(static status => status.Read())],
            Keys = keys.All,
            Activities = [.. activities.Select(activity => Line(activity, named.GetValueOrDefault(activity.ClientId ?? "")))],
            Notice = notice,
        };
    });

    private GrantLine Line(GrantRecord grant, ClientRecord? client) => new(
        grant.Id,
        ClientPlaces.Of(client),
        resources.All.FirstOrDefault(resource => resource.Uri == grant.Resource)?.Brain ?? "removed",
        [.. ScopeWords.Titles(grant.Scopes)],
        grant.CreatedAt,
        grant.LastUsedAt,
        grant.LastAddressPrefix,
        grant.ExpiresAt);

    private static ActivityLine Line(ActivityRecord activity, ClientRecord? client) => new(
        activity.Time,
        ActivityWords.Of(activity.Kind),
        ActivityWords.IsAlarming(activity.Kind),
        activity.ClientId,
        client is null ? null : ClientPlaces.Of(client),
        activity.AddressPrefix,
        activity.Detail);

    private static ClientLine Line(ClientRecord client) => new(
        client.Id!,
        ClientPlaces.Of(client),
        client.ClientId!,
        client.Kind switch
        {
            ClientKind.Registered => "added on the machine",
            ClientKind.Document => "published by its host",
            _ => "registered itself",
        },
        client.CreatedAt,
        client.LastUsedAt,
        client.ConsentedAt is not null);
}

using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Clients;

/// <summary>
/// How many clients are kept that nobody agreed to. Whoever registers thousands pushes out their own, and others that are not in use;
/// a client that the owner agreed to is never among them (SR-31).
/// </summary>
internal static class ClientCapacity
{
    /// <summary>Most clients that nobody agreed to.</summary>
    public const int Max = 1000;

    /// <summary>How long one is kept.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(24);

    /// <summary>Makes room for one more, within a transaction.</summary>
    public static async Task MakeRoomAsync(AuthorityContext context)
    {
        var surplus = await Unconsented(context).CountAsync() - Max + 1;
        if (surplus > 0)
            await ForgetAsync(context, await Unconsented(context).OrderBy(static client => client.CreatedAt).ThenBy(static client => client.Id).Select(static client => client.ClientId!).Take(surplus).ToListAsync());
    }

    /// <summary>Forgets those that are too old, within a transaction.</summary>
    public static async Task PruneAsync(AuthorityContext context, DateTimeOffset now)
    {
        var before = now - Life;
        await ForgetAsync(context, await Unconsented(context).Where(client => client.CreatedAt < before).Select(static client => client.ClientId!).ToListAsync());
    }

    /// <summary>Forgets clients and what hangs on them, within a transaction. Grants are not touched.</summary>
    public static async Task ForgetAsync(AuthorityContext context, IReadOnlyCollection<string> clientIds)
    {
        foreach (var some in clientIds.Chunk(500))
        {
            await context.PushedRequests.Where(request => some.Contains(request.Application!.ClientId)).ExecuteDeleteAsync();
            await context.Interactions.Where(interaction => some.Contains(interaction.ClientId)).ExecuteDeleteAsync();
            await context.Consents.Where(consent => some.Contains(consent.ClientId)).ExecuteDeleteAsync();
            await context.Clients.Where(client => some.Contains(client.ClientId)).ExecuteDeleteAsync();
        }
    }

    private static IQueryable<ClientRecord> Unconsented(AuthorityContext context) =>
        context.Clients.AsNoTracking().Where(static client => client.Kind != ClientKind.Registered && client.ConsentedAt == null);
}

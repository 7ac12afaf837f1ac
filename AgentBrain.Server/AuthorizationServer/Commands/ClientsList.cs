using System.Text.Json.Nodes;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Commands;

/// <summary><c>clients list</c>: all clients, the last used first.</summary>
/// <param name="store">The database.</param>
/// <param name="time">The clock.</param>
internal sealed class ClientsList(AuthorityStore store, TimeProvider time) : IControlCommand
{
    /// <summary>How long a client that acts by itself may be unused before it is pointed out (SR-46).</summary>
    public static readonly TimeSpan Unused = TimeSpan.FromDays(90);

    /// <inheritdoc/>
    public CommandSyntax Syntax => CommandTable.ClientsList;

    /// <summary>Clients that act by themselves and have not done so for long.</summary>
    public static IQueryable<ClientRecord> UnusedOf(AuthorityContext context, DateTimeOffset now)
    {
        var since = now - Unused;
        return context.Clients.Where(client => client.OwnBrains != "" && (client.LastUsedAt ?? client.CreatedAt) < since);
    }

    /// <inheritdoc/>
    public async Task<CommandOutcome> RunAsync(CommandArguments arguments, CancellationToken cancellationToken)
    {
        var (clients, total, unused) = await store.ReadAsync(
            async context =>
            (
                await context.Clients.OrderByDescending(client => client.LastUsedAt ?? client.CreatedAt).Take(CommandText.MaxRows).ToListAsync(cancellationToken),
                await context.Clients.CountAsync(cancellationToken),
                await UnusedOf(context, time.GetUtcNow()).Select(client => client.ClientId!).ToListAsync(cancellationToken)),
            cancellationToken);
        return new CommandOutcome(
            [
                .. CommandText.Table(
                    ["id", "name", "kind", "authentication", "acts by itself", "last used"],
                    clients.Select(static client => new[]
                    {
                        client.ClientId!, client.DisplayName ?? "", KindOf(client.Kind), client.AuthenticationMethod, OwnOf(client), CommandText.Time(client.LastUsedAt),
                    }),
                    total),
                .. unused.Select(static id => $"{Authorization.LogText.Safe(id)} acts by itself and was not used for {Unused.Days} days; if nobody needs it: clients remove"),
            ],
            new JsonObject
            {
                ["clients"] = new JsonArray([.. clients.Select(static client => new JsonObject
                {
                    ["id"] = client.ClientId,
                    ["name"] = client.DisplayName,
                    ["kind"] = KindOf(client.Kind),
                    ["authentication"] = client.AuthenticationMethod,
                    ["brains"] = CommandText.Json(client.OwnBrains.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
                    ["scopes"] = client.OwnScopes.ToScopeText(),
                    ["createdAt"] = CommandText.Json(client.CreatedAt),
                    ["lastUsedAt"] = CommandText.Json(client.LastUsedAt),
                })]),
                ["total"] = total,
                ["unused"] = CommandText.Json(unused),
            });
    }

    private static string KindOf(ClientKind kind) => kind switch
    {
        ClientKind.Registered => "added here",
        ClientKind.Dynamic => "registered itself",
        _ => "document",
    };

    private static string OwnOf(ClientRecord client) => client.OwnBrains.Length == 0 ? "no" : $"{client.OwnScopes.ToScopeText()} on {client.OwnBrains}";
}

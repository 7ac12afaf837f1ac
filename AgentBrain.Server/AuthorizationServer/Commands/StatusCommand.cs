using System.Collections.Immutable;
using System.Text.Json.Nodes;
using AgentBrain.Server.AuthorizationServer.Keys;
using AgentBrain.Server.AuthorizationServer.State;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Configuration;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Commands;

/// <summary><c>status</c>: the state in numbers, and what should be looked at.</summary>
internal sealed class StatusCommand(
    AuthorizationServerSettings settings, DataDirectory data, AuthorityStore store, StateFacts facts, SigningKeys keys, ISealer sealer, TimeProvider time) : IControlCommand
{
    /// <inheritdoc/>
    public CommandSyntax Syntax => CommandTable.Status;

    /// <inheritdoc/>
    public async Task<CommandOutcome> RunAsync(CommandArguments arguments, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (hasOwner, clients, grants, unused) = await store.ReadAsync(
            async context =>
            (
                await context.Users.AnyAsync(cancellationToken),
                await context.Clients.CountAsync(cancellationToken),
                await context.Grants.CountAsync(grant => grant.RevokedAt == null && grant.ExpiresAt > now, cancellationToken),
                await ClientsList.UnusedOf(context, now).Select(client => client.ClientId!).ToListAsync(cancellationToken)),
            cancellationToken);
        ImmutableArray<string> lines =
        [
            $"version  {ProgramVersion.Text}",
            $"issuer   {settings.Issuer}",
            $"data     {data.FullPath}, epoch {facts.Epoch}",
            $"owner    {(hasOwner ? "yes" : "none yet; owner setup-link makes a link for one")}",
            $"clients  {clients}{(unused.Count == 0 ? "" : $"; not used for {ClientsList.Unused.Days} days though they act by themselves: {string.Join(", ", unused.Select(static id => Authorization.LogText.Safe(id)))}")}",
            $"grants   {grants}",
            $"keys     {keys.Current.KeyId} signs; {(sealer.IsSealing ? "encrypted at rest" : "not encrypted at rest")}",
        ];
        return new CommandOutcome(lines, new JsonObject
        {
            ["version"] = ProgramVersion.Text,
            ["issuer"] = settings.Issuer,
            ["data"] = data.FullPath,
            ["epoch"] = facts.Epoch,
            ["owner"] = hasOwner,
            ["clients"] = clients,
            ["unusedClients"] = CommandText.Json(unused),
            ["grants"] = grants,
            ["key"] = keys.Current.KeyId,
            ["encryptedAtRest"] = sealer.IsSealing,
        });
    }
}

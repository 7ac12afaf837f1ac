using System.Text.Json.Nodes;
using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Grants;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Commands;

/// <summary><c>grants list</c>: what clients may do, the last used first.</summary>
/// <param name="store">The database.</param>
/// <param name="time">The clock.</param>
internal sealed class GrantsList(AuthorityStore store, TimeProvider time) : IControlCommand
{
    /// <inheritdoc/>
    public CommandSyntax Syntax => CommandTable.GrantsList;

    /// <inheritdoc/>
    public async Task<CommandOutcome> RunAsync(CommandArguments arguments, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (grants, total) = await store.ReadAsync(
            async context =>
            {
                var living = context.Grants.Where(grant => grant.RevokedAt == null && grant.ExpiresAt > now);
                return (
                    await living.OrderByDescending(grant => grant.LastUsedAt ?? grant.CreatedAt).Take(CommandText.MaxRows).ToListAsync(cancellationToken),
                    await living.CountAsync(cancellationToken));
            },
            cancellationToken);
        return new CommandOutcome(
            CommandText.Table(
                ["id", "client", "resource", "scopes", "last used", "ends"],
                grants.Select(static grant => new[] { grant.Id, grant.ClientId, grant.Resource, grant.Scopes.ToScopeText(), CommandText.Time(grant.LastUsedAt), CommandText.Time(grant.ExpiresAt) }),
                total),
            new JsonObject
            {
                ["grants"] = new JsonArray([.. grants.Select(static grant => new JsonObject
                {
                    ["id"] = grant.Id,
                    ["client"] = grant.ClientId,
                    ["subject"] = grant.Subject,
                    ["resource"] = grant.Resource,
                    ["scopes"] = grant.Scopes.ToScopeText(),
                    ["createdAt"] = CommandText.Json(grant.CreatedAt),
                    ["lastUsedAt"] = CommandText.Json(grant.LastUsedAt),
                    ["expiresAt"] = CommandText.Json(grant.ExpiresAt),
                })]),
                ["total"] = total,
            });
    }
}

/// <summary><c>grants revoke</c>: takes access back, at once.</summary>
/// <param name="grants">The grants.</param>
internal sealed class GrantsRevoke(GrantStore grants) : IControlCommand
{
    /// <inheritdoc/>
    public CommandSyntax Syntax => CommandTable.GrantsRevoke;

    /// <inheritdoc/>
    public async Task<CommandOutcome> RunAsync(CommandArguments arguments, CancellationToken cancellationToken)
    {
        if (arguments.Has("--all") == arguments.Operand is not null)
            throw arguments.Wrong("Name one grant, or all with --all");

        int revoked;
        if (arguments.Operand is { } id)
        {
            revoked = await grants.RevokeAsync(id, ActivityKinds.GrantRevoked, addressPrefix: null)
                ? 1
                : throw new CommandException("There is no living grant of this id; grants list shows those that there are.");
        }
        else
        {
            revoked = await grants.RevokeAllAsync(ActivityKinds.GrantRevoked, addressPrefix: null);
        }

        return new CommandOutcome([revoked == 1 ? "1 grant is revoked: its tokens are refused from now on." : $"{revoked} grants are revoked: their tokens are refused from now on."], new JsonObject { ["revoked"] = revoked });
    }
}

using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Grants;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>
/// The way back for an owner who lost the password, or who fears that somebody else has it (SR-28). Only commands on the machine
/// call this; there is no recovery by e-mail or by questions.
/// </summary>
internal sealed class OwnerReset(AuthorityStore store, SetupLinks links, OwnerSessions sessions, OwnerAccounts accounts, PasswordHashing hashing, GrantStore grants, ActivityLog activities)
{
    /// <summary>
    /// Ends all sessions, takes password and passkeys away (a thief may have added one), forgets which clients were agreed to, and makes
    /// a link that sets a new password. One transaction: all of it, or nothing.
    /// </summary>
    /// <param name="revokeGrants">Are the tokens of all clients to end as well?</param>
    /// <returns>The link; <c>null</c> when there is no owner, and so nothing to reset.</returns>
    public async Task<string?> ResetAsync(bool revokeGrants)
    {
        var (link, revoked) = await store.WriteAsync<(string? Link, IReadOnlyCollection<string> Revoked)>(async database =>
        {
            if (await OwnerAccounts.FindAsync(database) is not { } owner)
                return (null, []);

            owner.PasswordHash = null;
            OwnerAccounts.Stamp(owner);
            await database.UserPasskeys.ExecuteDeleteAsync();
            await sessions.EndAllAsync(database, addressPrefix: null);
            activities.Add(database, ActivityKinds.OwnerReset, new ActivitySubject(Subject: owner.Id, Detail: revokeGrants ? "grants revoked" : "grants kept"));

            // Also where grants are kept: a thief may have agreed to a client, which would then get the next one without a page.
            await GrantStore.ForgetConsentAsync(database);
            var ended = revokeGrants ? await grants.RevokeAllAsync(database, ActivityKinds.OwnerReset, addressPrefix: null) : [];
            return (await links.IssueAsync(database, isReset: true), ended);
        });
        grants.Publish(revoked);
        return link;
    }

    /// <summary>Sets the owner's password from the machine. All sessions end.</summary>
    /// <param name="password">The new one.</param>
    /// <returns>A sentence that says what is wrong with it; <c>null</c> when it is set.</returns>
    public async Task<string?> SetPasswordAsync(string password)
    {
        if (PasswordRules.Judge(password) is { } complaint)
            return complaint;

        if (await hashing.HashAsync(password, CancellationToken.None) is not { } hash)
            return "The server is busy; try again in a moment.";

        return await store.WriteAsync(async database =>
        {
            if (await OwnerAccounts.FindAsync(database) is not { } owner)
                return "This server has no owner yet; use the setup link.";

            accounts.SetPassword(database, owner, hash, addressPrefix: null);
            await sessions.EndAllAsync(database, addressPrefix: null);
            return null;
        });
    }
}

using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Storage;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>Changes the password of an owner who is signed in and knows the current one.</summary>
internal sealed class PasswordChange(AuthorityStore store, PasswordSignIn passwords, PasswordHashing hashing, OwnerAccounts accounts, OwnerSessions sessions)
{
    private const string Overtaken = "How you sign in was changed meanwhile, so this password was not set. If that was not you, run AgentBrain.Server owner reset on the server's machine.";

    /// <summary>Changes it. Other sessions end; this one gets a new secret.</summary>
    /// <returns>What the check of the current password said, and one sentence when the new one is not good; both fine when it is changed.</returns>
    public async Task<(SignInOutcome Current, string? Complaint)> ChangeAsync(HttpContext context, SignedInOwner owner, string current, string next, string repeat)
    {
        // The new one is judged first: that says nothing about the current one, and costs no try.
        if (PasswordRules.Judge(next) is { } complaint)
            return (SignInOutcome.Wrong, complaint);

        if (next != repeat)
            return (SignInOutcome.Wrong, "The two new passwords differ; write the same one twice.");

        var outcome = await passwords.TryAsync(context, OwnerAccounts.UserName, current);
        if (outcome.OwnerId is null)
            return (outcome, null);

        if (await hashing.HashAsync(next, context.RequestAborted) is not { } hash)
            return (new SignInOutcome(null, Reasons.SignInBusy, TimeSpan.FromSeconds(2)), null);

        var prefix = AddressPrefix.Of(context.Connection.RemoteIpAddress);
        var renewed = await store.WriteAsync(async database =>
        {
            // Two hashes took their time: whatever was reset, changed or signed out meanwhile is newer than this wish.
            if (await OwnerAccounts.FindAsync(database) is not { } account || !outcome.IsCurrent(account)
                || await sessions.RenewAsync(database, context, owner, PasswordSignIn.Method) is not { } session)
                return null;

            accounts.SetPassword(database, account, hash, prefix);
            await sessions.EndAllAsync(database, prefix, exceptId: owner.Session.Id);
            return session;
        });
        if (renewed is null)
            return (SignInOutcome.Wrong, Overtaken);

        sessions.Show(context, renewed);
        return (outcome, null);
    }
}

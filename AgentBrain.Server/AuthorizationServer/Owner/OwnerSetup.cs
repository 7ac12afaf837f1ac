using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Configuration;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>Makes the owner: by the setup link, or by the password file at the first start.</summary>
internal sealed class OwnerSetup(
    AuthorityStore store, AuthorizationServerSettings settings, SetupLinks links, SetupFile file, OwnerAccounts accounts, OwnerSessions sessions,
    OwnerPresence presence, PasswordHashing hashing)
{
    /// <summary>Uses a setup link: makes the owner, or sets their new password as all that signs in, and signs the browser in.</summary>
    /// <param name="context">The request.</param>
    /// <param name="secret">The link's secret.</param>
    /// <param name="passwordHash">The new password's hash.</param>
    /// <returns>The new session; <c>null</c> when the link is dead.</returns>
    public async Task<NewSession?> CompleteAsync(HttpContext context, string? secret, string passwordHash)
    {
        var prefix = AddressPrefix.Of(context.Connection.RemoteIpAddress);
        var session = await store.WriteAsync(async database =>
        {
            if (await links.UseAsync(database, secret) is not { } link)
                return null;

            OwnerAccount owner;
            if (link.IsReset)
            {
                owner = (await OwnerAccounts.FindAsync(database))!;
                accounts.SetPassword(database, owner, passwordHash, prefix);
                await database.UserPasskeys.ExecuteDeleteAsync();
                await sessions.EndAllAsync(database, prefix);
            }
            else
            {
                owner = accounts.Add(database, passwordHash, prefix);
            }

            return await sessions.OpenAsync(database, context, owner.Id, "password");
        });
        if (session is null)
            return null;

        presence.Appear();
        file.Delete();
        return session;
    }

    /// <summary>
    /// Makes the owner from <c>AGENT_BRAIN_OWNER_PASSWORD_FILE</c>, if there is none. With an owner the file is not even looked at: a
    /// password that was changed since must not come back at the next start.
    /// </summary>
    /// <exception cref="ConfigurationException">The file is missing, others can read it, or the password in it is no good one.</exception>
    public async Task ApplyPasswordFileAsync()
    {
        if (presence.HasOwner || settings.OwnerPasswordFile is not { } path)
            return;

        var password = SecretFile.Read(SettingNames.OwnerPasswordFile, path);
        if (PasswordRules.Judge(password) is { } complaint)
            throw new ConfigurationException($"{SettingNames.OwnerPasswordFile} names {path}, whose password is not good enough. {complaint}");

        var hash = await hashing.HashAsync(password, CancellationToken.None)
            ?? throw new InvalidOperationException("Nothing else hashes passwords before the port opens.");
        await store.WriteAsync(database => Task.FromResult(accounts.Add(database, hash, addressPrefix: null)));
        presence.Appear();
        file.Delete();
    }
}

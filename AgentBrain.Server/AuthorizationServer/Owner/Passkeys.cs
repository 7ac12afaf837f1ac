using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>The owner's passkeys: adding, naming and removing them.</summary>
internal sealed class Passkeys(AuthorityStore store, PasskeyStates states, OwnerSessions sessions, ActivityLog activities, TimeProvider time)
{
    /// <summary>Most characters of a name.</summary>
    public const int MaxName = 60;

    /// <summary>Most passkeys.</summary>
    public const int MaxCount = 20;

    private const string Purpose = "add";
    private const string DefaultName = "Passkey";

    /// <summary>All of them, the oldest first.</summary>
    public async Task<List<IdentityUserPasskey<string>>> ListAsync() =>
        [.. (await store.ReadAsync(database => database.UserPasskeys.ToListAsync())).OrderBy(passkey => passkey.Data.CreatedAt)];

    /// <summary>Begins to add one.</summary>
    /// <returns>What the browser is to ask of an authenticator, as JSON.</returns>
    public async Task<string> OfferAsync(HttpContext context, SignedInOwner owner)
    {
        var user = new PasskeyUserEntity { Id = owner.OwnerId, Name = OwnerAccounts.UserName, DisplayName = "Agent Brain owner" };
        var options = await Handler(context).MakeCreationOptionsAsync(user, context);
        states.Give(context, Purpose, options.AttestationState!);
        return options.CreationOptionsJson;
    }

    /// <summary>Adds what the authenticator made. Other sessions end, since what signs in has changed.</summary>
    /// <returns>False when it was not accepted.</returns>
    public async Task<bool> AddAsync(HttpContext context, SignedInOwner owner, string? credential, string? name)
    {
        if (states.Take(context, Purpose) is not { } state || string.IsNullOrEmpty(credential))
            return false;

        var result = await Handler(context).PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = context, CredentialJson = credential, AttestationState = state });
        if (!result.Succeeded || result.UserEntity.Id != owner.OwnerId)
            return false;

        var passkey = result.Passkey;
        var prefix = AddressPrefix.Of(context.Connection.RemoteIpAddress);
        return await store.WriteAsync(async database =>
        {
            if (!await sessions.IsOpenAsync(database, owner))
                return false;

            if (await database.UserPasskeys.CountAsync() >= MaxCount || await database.UserPasskeys.AnyAsync(known => known.CredentialId == passkey.CredentialId))
                return false;

            database.UserPasskeys.Add(new IdentityUserPasskey<string>
            {
                UserId = owner.OwnerId,
                CredentialId = passkey.CredentialId,
                Data = new IdentityPasskeyData
                {
                    Name = NameOf(name),
                    PublicKey = passkey.PublicKey,
                    CreatedAt = time.GetUtcNow(),
                    SignCount = passkey.SignCount,
                    Transports = passkey.Transports,
                    IsUserVerified = passkey.IsUserVerified,
                    IsBackupEligible = passkey.IsBackupEligible,
                    IsBackedUp = passkey.IsBackedUp,
                    AttestationObject = passkey.AttestationObject,
                    ClientDataJson = passkey.ClientDataJson,
                },
            });
            await ChangedAsync(database, owner, ActivityKinds.PasskeyAdded, prefix);
            return true;
        });
    }

    /// <summary>Gives one another name.</summary>
    public Task<bool> RenameAsync(SignedInOwner owner, string? id, string? name) => store.WriteAsync(async database =>
    {
        if (!await sessions.IsOpenAsync(database, owner) || await FindAsync(database, id) is not { } passkey)
            return false;

        passkey.Data.Name = NameOf(name);
        return true;
    });

    /// <summary>Removes one. Other sessions end.</summary>
    public Task<bool> RemoveAsync(SignedInOwner owner, string? id, string prefix) => store.WriteAsync(async database =>
    {
        if (!await sessions.IsOpenAsync(database, owner) || await FindAsync(database, id) is not { } passkey)
            return false;

        database.UserPasskeys.Remove(passkey);
        await ChangedAsync(database, owner, ActivityKinds.PasskeyRemoved, prefix);
        return true;
    });

    /// <summary>The id of one as pages write it.</summary>
    public static string IdOf(IdentityUserPasskey<string> passkey) => Base64UrlText.Encode(passkey.CredentialId);

    private async Task ChangedAsync(AuthorityContext database, SignedInOwner owner, string kind, string prefix)
    {
        activities.Add(database, kind, new ActivitySubject(Subject: owner.OwnerId, AddressPrefix: prefix));
        await sessions.EndAllAsync(database, prefix, exceptId: owner.Session.Id);
        if (await OwnerAccounts.FindAsync(database) is { } account)
            OwnerAccounts.Stamp(account);
    }

    private static async Task<IdentityUserPasskey<string>?> FindAsync(AuthorityContext database, string? id) =>
        id is { Length: <= 1400 } && Base64UrlText.TryDecode(id, out var credential)
            ? await database.UserPasskeys.SingleOrDefaultAsync(passkey => passkey.CredentialId == credential)
            : null;

    private static string NameOf(string? name) => LogText.Safe(name?.Trim(), MaxName) is { Length: > 0 } safe ? safe : DefaultName;

    private static IPasskeyHandler<OwnerAccount> Handler(HttpContext context) => context.RequestServices.GetRequiredService<IPasskeyHandler<OwnerAccount>>();
}

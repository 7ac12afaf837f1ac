using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>The one account, within transactions that are under way.</summary>
/// <param name="activities">What happened.</param>
/// <param name="time">The clock.</param>
internal sealed class OwnerAccounts(ActivityLog activities, TimeProvider time)
{
    /// <summary>The owner's name. There is one account, so nothing is learned by knowing it.</summary>
    public const string UserName = "owner";

    /// <summary>The account; <c>null</c> before setup.</summary>
    public static Task<OwnerAccount?> FindAsync(AuthorityContext database) => database.Users.SingleOrDefaultAsync();

    /// <summary>Makes the account.</summary>
    /// <param name="database">The transaction's context.</param>
    /// <param name="passwordHash">The password's hash.</param>
    /// <param name="addressPrefix">Where it came from; <c>null</c> for the machine itself.</param>
    public OwnerAccount Add(AuthorityContext database, string passwordHash, string? addressPrefix)
    {
        var now = time.GetUtcNow();
        var owner = new OwnerAccount
        {
            UserName = UserName,
            NormalizedUserName = new UpperInvariantLookupNormalizer().NormalizeName(UserName),
            PasswordHash = passwordHash,
            SecurityStamp = SecretText.New(),
            CreatedAt = now,
            PasswordSetAt = now,
        };
        database.Users.Add(owner);
        activities.Add(database, ActivityKinds.OwnerCreated, new ActivitySubject(Subject: owner.Id, AddressPrefix: addressPrefix));
        return owner;
    }

    /// <summary>Sets the password of a tracked account.</summary>
    public void SetPassword(AuthorityContext database, OwnerAccount owner, string passwordHash, string? addressPrefix)
    {
        owner.PasswordHash = passwordHash;
        owner.PasswordSetAt = time.GetUtcNow();
        Stamp(owner);
        activities.Add(database, ActivityKinds.PasswordChanged, new ActivitySubject(Subject: owner.Id, AddressPrefix: addressPrefix));
    }

    /// <summary>Says that what signs in has changed.</summary>
    public static void Stamp(OwnerAccount owner)
    {
        owner.SecurityStamp = SecretText.New();
        owner.ConcurrencyStamp = Guid.NewGuid().ToString();
    }
}

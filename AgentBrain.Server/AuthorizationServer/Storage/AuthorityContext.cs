using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Storage;

/// <summary>The database of the authorization server: accounts, clients, grants, keys. A file of its own in the data directory.</summary>
/// <param name="options">Its options.</param>
internal sealed class AuthorityContext(DbContextOptions<AuthorityContext> options) : IdentityUserContext<OwnerAccount>(options)
{
    /// <summary>Signed-in browsers.</summary>
    public DbSet<OwnerSession> Sessions => Set<OwnerSession>();

    /// <summary>Setup links.</summary>
    public DbSet<SetupLink> SetupLinks => Set<SetupLink>();

    /// <summary>Signing keys.</summary>
    public DbSet<SigningKeyRecord> SigningKeys => Set<SigningKeyRecord>();

    /// <summary>Secrets of the server.</summary>
    public DbSet<ServerSecret> Secrets => Set<ServerSecret>();

    /// <summary>Clients.</summary>
    public DbSet<ClientRecord> Clients => Set<ClientRecord>();

    /// <summary>Pushed authorization requests.</summary>
    public DbSet<TokenRecord> PushedRequests => Set<TokenRecord>();

    /// <summary>Grants.</summary>
    public DbSet<GrantRecord> Grants => Set<GrantRecord>();

    /// <summary>Authorization codes.</summary>
    public DbSet<CodeRecord> Codes => Set<CodeRecord>();

    /// <summary>Refresh tokens.</summary>
    public DbSet<RefreshTokenRecord> RefreshTokens => Set<RefreshTokenRecord>();

    /// <summary>Remembered consent.</summary>
    public DbSet<ConsentRecord> Consents => Set<ConsentRecord>();

    /// <summary>Requests that wait for the owner.</summary>
    public DbSet<InteractionRecord> Interactions => Set<InteractionRecord>();

    /// <summary>What happened.</summary>
    public DbSet<ActivityRecord> Activities => Set<ActivityRecord>();

    /// <summary>Facts about the state.</summary>
    public DbSet<StateRecord> State => Set<StateRecord>();

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);

        // SQLite has no time with an offset; milliseconds compare as they should.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMilliseconds>();
    }

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.UseOpenIddict<ClientRecord, AuthorizationRecord, ScopeRecord, TokenRecord, string>();
        builder.Entity<ClientRecord>(client =>
        {
            client.Property(record => record.ClientId).HasMaxLength(2000);
            client.HasIndex(record => record.ClientIdDigest).IsUnique();
        });
        builder.Entity<IdentityUserPasskey<string>>(passkey =>
        {
            // As Identity's third schema has it, which it gives only to contexts that a container with options of its own made.
            passkey.ToTable("AspNetUserPasskeys");
            passkey.HasKey(record => record.CredentialId);
            passkey.Property(record => record.CredentialId).HasMaxLength(1024);
            passkey.OwnsOne(record => record.Data).ToJson();
            passkey.HasOne<OwnerAccount>().WithMany().HasForeignKey(record => record.UserId).IsRequired();
        });
        builder.Entity<OwnerSession>().HasIndex(session => session.SecretDigest).IsUnique();
        builder.Entity<SetupLink>().HasKey(link => link.SecretDigest);
        builder.Entity<ServerSecret>().HasKey(secret => secret.Name);
        builder.Entity<StateRecord>().HasKey(fact => fact.Name);
        builder.Entity<GrantRecord>(grant =>
        {
            grant.HasIndex(record => record.ClientId);
            grant.HasIndex(record => record.ExpiresAt);
        });
        builder.Entity<CodeRecord>(code =>
        {
            code.HasKey(record => record.CodeDigest);
            code.HasIndex(record => record.GrantId);
        });
        builder.Entity<RefreshTokenRecord>(token =>
        {
            token.HasIndex(record => record.Lookup).IsUnique();
            token.HasIndex(record => record.GrantId);

            // Few have one at a time: what the sweeper looks for costs nothing however many rows are kept.
            token.HasIndex(record => record.RepeatableUntil).HasFilter("SealedSuccessor IS NOT NULL");
        });
        builder.Entity<ConsentRecord>().HasIndex(consent => consent.ClientId);
        builder.Entity<InteractionRecord>().HasKey(interaction => interaction.IdDigest);
        builder.Entity<ActivityRecord>().HasIndex(activity => activity.Time);
    }
}

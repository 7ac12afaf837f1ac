using AgentBrain.Server.AuthorizationServer;
using AgentBrain.Server.AuthorizationServer.Clients;
using AgentBrain.Server.AuthorizationServer.Grants;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;

namespace AgentBrain.FaultTests.AuthorizationServer;

/// <summary>The database of an authorization server that does not run.</summary>
internal sealed class AuthorityFile(string data, string resource) : IDisposable
{
    public const string Client = "editor";

    private readonly AuthorityContext _context = new(new DbContextOptionsBuilder<AuthorityContext>()
        .UseSqlite($"Data Source={Path.Combine(data, AuthorizationServerServices.DatabaseFile)};Pooling=False").Options);

    /// <summary>Makes an owner and a client.</summary>
    public void Prepare()
    {
        _context.Users.Add(new OwnerAccount { Id = "owner", UserName = "owner", NormalizedUserName = "OWNER", CreatedAt = Now });
        _context.Clients.Add(new ClientRecord
        {
            ClientId = Client,
            ClientIdDigest = ClientIds.Digest(Client),
            ClientType = OpenIddictConstants.ClientTypes.Public,
            Permissions = $"[\"{OpenIddictConstants.Permissions.Endpoints.Token}\",\"{OpenIddictConstants.Permissions.GrantTypes.RefreshToken}\"]",
        });
        _context.SaveChanges();
    }

    /// <summary>A grant of the owner's to the client, and its first refresh token.</summary>
    public (string GrantId, string Token) AddGrant()
    {
        var secret = RefreshSecret.Create();
        var grant = new GrantRecord
        {
            Id = Guid.NewGuid().ToString("N"),
            Subject = "owner",
            ClientId = Client,
            MetadataDigest = "",
            Resource = resource,
            Scopes = AgentBrain.OAuth.Scopes.ScopeSet.Read,
            IsRefreshable = true,
            CreatedAt = Now,
            AuthenticatedAt = Now,
            ExpiresAt = Now.AddDays(90),
            LastUsedAt = Now,
            Epoch = long.MaxValue,
        };
        _context.Grants.Add(grant);
        _context.RefreshTokens.Add(new RefreshTokenRecord { Id = Guid.NewGuid().ToString("N"), Lookup = secret.Lookup, GrantId = grant.Id, CreatedAt = Now, ExpiresAt = Now.AddDays(30) });
        _context.SaveChanges();
        return (grant.Id, secret.Text);
    }

    /// <summary>A grant's tokens form one chain with one live end, and the grant lives.</summary>
    /// <returns>Whether a token is that end.</returns>
    public bool IsLive(string grantId, string token)
    {
        Assert.Null(_context.Grants.AsNoTracking().Single(grant => grant.Id == grantId).RevokedAt);
        var tokens = _context.RefreshTokens.AsNoTracking().Where(row => row.GrantId == grantId).ToList();
        var live = Assert.Single(tokens, row => row.RedeemedAt is null);
        var seen = 1;
        for (var row = live; row.PredecessorId is { } predecessor; seen++)
        {
            var successor = row.Id;
            row = tokens.Single(other => other.Id == predecessor);
            Assert.Equal(successor, row.SuccessorId);
        }

        Assert.Equal(tokens.Count, seen);
        Assert.True(RefreshSecret.TryRead(token, out var secret));
        return live.Lookup == secret.Lookup;
    }

    public void Dispose() => _context.Dispose();

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();
}

using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace AgentBrain.Migrations;

/// <summary>Gives the tool a context; no database is opened.</summary>
internal sealed class AuthorityContextFactory : IDesignTimeDbContextFactory<AuthorityContext>
{
    /// <inheritdoc/>
    public AuthorityContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<AuthorityContext>().UseSqlite("Data Source=:memory:").Options);

    private static void Main()
    {
        // The tool only looks for the factory.
    }
}

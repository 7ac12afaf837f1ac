using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Clients;
using AgentBrain.Server.AuthorizationServer.Commands;
using AgentBrain.Server.AuthorizationServer.Consent;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.Endpoints.Metadata;
using AgentBrain.Server.AuthorizationServer.Grants;
using AgentBrain.Server.AuthorizationServer.Keys;
using AgentBrain.Server.AuthorizationServer.Owner;
using AgentBrain.Server.AuthorizationServer.OwnerConsole;
using AgentBrain.Server.AuthorizationServer.Pages;
using AgentBrain.Server.AuthorizationServer.State;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Configuration;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer;

/// <summary>Puts the co-located authorization server together. Each feature registers itself; this is the list of them.</summary>
internal static class AuthorizationServerServices
{
    /// <summary>The name of the database file in the data directory.</summary>
    public const string DatabaseFile = "authority.db";

    /// <summary>Adds everything.</summary>
    public static void AddAuthorizationServer(this IServiceCollection services, AuthorizationServerSettings settings, DataDirectory data)
    {
        services.AddSingleton(settings);
        services.AddStorage(data);
        services.AddSingleton<ActivityLog>();
        services.AddState();
        services.AddKeys(settings);
        services.AddPages(settings);
        services.AddOwner(settings);
        services.AddConsent();
        services.AddConsole();
        services.AddProtocol(settings);
        services.AddClients(settings);
        services.AddCommands();
        services.AddGrants();
    }

    /// <summary>Makes what must be there before the port opens: the database in the form that this program has, and what is loaded from it.</summary>
    public static void PrepareAuthorizationServer(this IServiceProvider services)
    {
        services.OpenState();
        services.PrepareState();
        services.PrepareKeys();
        services.PrepareOwner();
        services.PrepareGrants();
        IssuerCheck.Run(services);
    }

    /// <summary>Adds the steps that come before authentication, in their order.</summary>
    public static void UseAuthorizationServer(IApplicationBuilder app)
    {
        app.UseMiddleware<ProtocolGate>();
        app.UseMiddleware<PageGuard>();
        app.UseMiddleware<OwnerGate>();
        app.UseMiddleware<SignInFirst>();
    }

    private static void AddStorage(this IServiceCollection services, DataDirectory data)
    {
        services.AddSingleton<ConnectionPragmas>();
        services.AddPooledDbContextFactory<AuthorityContext>((provider, options) => options
            .UseSqlite($"Data Source={Path.Combine(data.FullPath, DatabaseFile)}")
            .AddInterceptors(provider.GetRequiredService<ConnectionPragmas>()));
        services.AddScoped(static provider => provider.GetRequiredService<IDbContextFactory<AuthorityContext>>().CreateDbContext());
        services.AddSingleton<AuthorityStore>();
    }
}

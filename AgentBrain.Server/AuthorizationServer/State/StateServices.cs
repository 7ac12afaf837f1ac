using System.Globalization;
using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Configuration;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.State;

/// <summary>Facts about the state as a whole, and whether the server may start on it.</summary>
internal static partial class StateServices
{
    /// <summary>Adds them.</summary>
    public static void AddState(this IServiceCollection services) => services.AddSingleton<StateFacts>().AddSingleton<OwnerMarker>();

    /// <summary>Brings the database into this program's form, unless it must not be touched.</summary>
    /// <exception cref="ConfigurationException">The server must not start with what is in the data directory.</exception>
    public static void OpenState(this IServiceProvider services)
    {
        var data = services.GetRequiredService<DataDirectory>();
        using var context = services.GetRequiredService<IDbContextFactory<AuthorityContext>>().CreateDbContext();
        StateCheck.Run(StoredState.Read(data.FullPath), data.FullPath, services.GetRequiredService<AuthorizationServerSettings>(), context.Database.GetMigrations());
        AuthorityDatabase.Open(context, Path.Combine(data.FullPath, AuthorizationServerServices.DatabaseFile));
    }

    /// <summary>Loads the facts, and does what a changed issuer demands, before anything else is loaded.</summary>
    public static void PrepareState(this IServiceProvider services)
    {
        var settings = services.GetRequiredService<AuthorizationServerSettings>();
        var (epoch, before, hasOwner) = services.GetRequiredService<AuthorityStore>().WriteAsync(context => LoadAsync(services, context, settings.Issuer)).GetAwaiter().GetResult();
        services.GetRequiredService<StateFacts>().Load(epoch);
        if (before is not null)
            LogNewIssuer(services.GetRequiredService<ILogger<StateFacts>>(), before, settings.Issuer);

        var marker = services.GetRequiredService<OwnerMarker>();
        if (hasOwner)
            marker.Set();
    }

    private static async Task<(long Epoch, string? Before, bool HasOwner)> LoadAsync(IServiceProvider services, AuthorityContext context, string issuer)
    {
        var facts = await context.State.AsNoTracking().ToDictionaryAsync(static fact => fact.Name, static fact => fact.Value);
        var epoch = facts.TryGetValue(StateNames.Epoch, out var text) ? long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : 1;
        await StateReset.SetAsync(context, StateNames.Epoch, epoch.ToString(CultureInfo.InvariantCulture));
        await StateReset.SetAsync(context, StateNames.Issuer, issuer);
        var hasOwner = await context.Users.AnyAsync();
        if (facts.GetValueOrDefault(StateNames.Issuer) is not { } before || before == issuer)
            return (epoch, null, hasOwner);

        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var grants = await StateReset.EndAllAsync(context, ActivityKinds.IssuerChanged, now);
        var clients = await StateReset.RemoveDynamicClientsAsync(context);
        services.GetRequiredService<ActivityLog>().Add(context, ActivityKinds.IssuerChanged, new ActivitySubject(Detail: $"from {before} to {issuer}; {grants} grants ended, {clients} registrations removed"));
        return (epoch, before, hasOwner);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The issuer was {Before} and is {Issuer} from now on: what was issued before is worth nothing, and clients must be added anew.")]
    private static partial void LogNewIssuer(ILogger logger, string before, string issuer);
}

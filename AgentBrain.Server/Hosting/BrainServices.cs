using AgentBrain.Server.AuthorizationServer.OwnerConsole;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Extraction;
using AgentBrain.Server.Brains.Files;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Mcp;
using AgentBrain.Server.Mcp.Resources;
using AgentBrain.Server.Mcp.Subscriptions;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ModelContextProtocol.AspNetCore;

namespace AgentBrain.Server.Hosting;

/// <summary>Puts the brains behind the MCP server.</summary>
internal static class BrainServices
{
    /// <summary>Registers the brains, their workers, and everything that is served of them.</summary>
    public static void Add(IMcpServerBuilder mcp)
    {
        var services = mcp.Services;
        services.AddSingleton(provider => new ExtractionProcess(
            ExtractionProgram.Current(),
            new ExtractionLimits(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ExtractionProcess>>()));
        services.AddMetrics();
        services.AddSingleton<BrainTelemetry>();
        services.AddSingleton(Start);
        services.AddHealthChecks().AddCheck<BrainHealth>("brains");
        services.AddSingleton<ICallContexts, CallerContexts>();
        services.AddSingleton<IBrainStatus, BrainStatus>();
        services.AddSingleton(static provider => Limits(provider.GetRequiredService<ServerSettings>().Limits));
        services.AddHostedService<BrainWorkers>();
        services.TryAddSingleton<ITerminal, NoTerminal>();
        services.AddHostedService<JobConsole>();

        // A session's end is told to its runner alone, and its subscriptions end with it.
        services.Configure<HttpServerTransportOptions>(static transport => transport.RunSessionHandler =
            static (http, server, stopping) => http.RequestServices.GetRequiredService<ClientSessions>().RunAsync(server, stopping));
        mcp.AddBrainTools().AddBrainResources().AddBrainSubscriptions();
    }

    /// <summary>What subscriptions may take of what requests may.</summary>
    public static SubscriptionLimits Limits(RequestLimits limits) => new()
    {
        UrisPerStream = limits.MaxUrisPerSubscription,
        ListensPerPrincipal = limits.StreamsPerPrincipal,
        SessionsPerPrincipal = limits.SessionsPerPrincipal,
        Streams = limits.MaxStreams,
        ListenLifetime = limits.StreamLifetime,
    };

    private static BrainCatalog Start(IServiceProvider provider)
    {
        var settings = provider.GetRequiredService<ServerSettings>();
        var data = provider.GetRequiredService<DataDirectory>();
        var environment = new BrainEnvironment
        {
            DataDirectory = data.FullPath,
            ServerOwned = [FileIdentity.OfPath(data.FullPath)],
            SecretFiles = settings.SecretFiles,
            Extractor = provider.GetRequiredService<ExtractionProcess>(),
            Telemetry = provider.GetRequiredService<BrainTelemetry>(),
            Time = provider.GetRequiredService<TimeProvider>(),
            Logger = provider.GetRequiredService<ILogger<OpenBrain>>(),
        };
        try
        {
            var catalog = BrainCatalog.Start(settings.Brains, environment, settings.MaxIndexBytes);
            return catalog.Failures.FirstOrDefault(failure => failure.Reason == RootLabels.RootsNotNamed) is { } refusal ? throw refusal : catalog;
        }
        catch (BrainException e)
        {
            // One damaged brain refuses its own calls; this is about all of them.
            throw new ConfigurationException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{SettingNames.Data} is {data.FullPath}, in which the server cannot write ({e.Message.TrimEnd('.')}); free space on its disk and give the server's user the directory, or name another one.", e);
        }
    }
}

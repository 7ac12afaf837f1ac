using AgentBrain.Server.Authorization;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Configuration;
using AgentBrain.ServiceDefaults;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Hosting;

/// <summary>Builds the server that a client starts as its child and talks to over standard input and output. No port opens.</summary>
internal static class StdioHost
{
    /// <summary>Builds the server.</summary>
    /// <param name="args">Command line, without <c>--stdio</c>.</param>
    /// <param name="mcp">Registers tools, resources, prompts and handlers.</param>
    /// <param name="streams">Other streams than the process's own, for tests.</param>
    /// <exception cref="ConfigurationException">A setting is wrong.</exception>
    public static IHost Create(string[] args, Action<IMcpServerBuilder> mcp, (Stream Input, Stream Output)? streams = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = args, ContentRootPath = AppContext.BaseDirectory });
        var (settings, data) = HostSettings.Read(builder.Configuration);
        try
        {
            if (settings.Mode == AuthMode.OAuth)
                throw new ConfigurationException($"{SettingNames.Auth} is oauth with {Arguments.Stdio}, where the user of this machine is served and nobody is asked for a token; take one of them away.");

            // Standard output belongs to the protocol; one log line on it would break the client.
            builder.Logging.ClearProviders();
            builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
            HostLogging.Quiet(builder.Logging);
            HostSettings.Register(builder.Services, settings, data);
            builder.AddServiceDefaults(AuthorizationTelemetry.Name, BrainTelemetry.Name);
            builder.Services.AddDispatchGuard(isStdio: true);

            // No port opens, so nobody is let in by an address that is open to everybody.
            builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<StartNotices>(services, settings with { AllowInsecure = null }));
            mcp(builder.Services.AddMcpServer());
            var server = builder.Services.AddMcpServer();
            _ = streams is { } own ? server.WithStreamServerTransport(own.Input, own.Output) : server.WithStdioServerTransport();

            var host = builder.Build();
            HostSettings.Hold(host.Services);
            ScopeTableCheck.Run(host.Services.GetRequiredService<IOptions<McpServerOptions>>().Value);
            return host;
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }
}

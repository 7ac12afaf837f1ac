using AgentBrain.Server.Authorization;
using AgentBrain.Server.Authorization.Metadata;
using AgentBrain.Server.Authorization.Tokens;
using AgentBrain.Server.AuthorizationServer;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Configuration;
using AgentBrain.ServiceDefaults;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using ModelContextProtocol.AspNetCore;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Hosting;

/// <summary>Builds the server. Everything that can be wrong with the settings is found here, before a port opens.</summary>
internal static class AgentBrainHost
{
    /// <summary>Builds the server that speaks HTTP.</summary>
    /// <param name="args">Command line: any setting as <c>--NAME=value</c>, and <c>--urls</c>.</param>
    /// <param name="mcp">Registers tools, resources, prompts and handlers.</param>
    /// <param name="configure">Changes the builder last, after all services are registered.</param>
    /// <exception cref="ConfigurationException">A setting is wrong.</exception>
    public static WebApplication Create(string[] args, Action<IMcpServerBuilder> mcp, Action<WebApplicationBuilder>? configure = null)
    {
        // Settings files are read beside the program and never from the current directory, which is by default what is indexed: an
        // indexed project must not be able to configure the server.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        var (settings, data) = HostSettings.Read(builder.Configuration);
        try
        {
            HostSettings.Register(builder.Services, settings, data);
            builder.AddServiceDefaults(AuthorizationTelemetry.Name, BrainTelemetry.Name);
            builder.WebHost.ConfigureListening(settings);

            HostLogging.Quiet(builder.Logging);

            // Kestrel warns that our list of addresses replaces --urls, from which it was made.
            builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);
            builder.Services.AddAgentBrainAuthorization(settings);
            if (settings.AuthorizationServer is { } authorizationServer)
                builder.Services.AddAuthorizationServer(authorizationServer, data);
            builder.Services.AddSingleton<ISessionEnd, SdkSessionEnd>();
            builder.Services.AddHostedService<StartNotices>();
            var terminal = new ConsoleTerminal();
            builder.Services.AddSingleton<ITerminal>(terminal);
            if (terminal.IsWatched)
            {
                // The banner and the live line of a job say the same to a person, and log lines would break into it.
                builder.Logging.AddFilter<ConsoleLoggerProvider>("Microsoft.Hosting.Lifetime", LogLevel.Warning);
                builder.Logging.AddFilter<ConsoleLoggerProvider>(typeof(OpenBrain).FullName, LogLevel.Warning);
            }

            mcp(builder.Services.AddMcpServer());
            builder.Services.AddMcpServer().WithHttpTransport(transport => ConfigureSessions(transport, settings));
            configure?.Invoke(builder);

            var app = builder.Build();
            HostSettings.Hold(app.Services);
            ScopeTableCheck.Run(app.Services.GetRequiredService<IOptions<McpServerOptions>>().Value);
            Route(app, settings);
            return app;
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    private static void Route(WebApplication app, ServerSettings settings)
    {
        app.UseClientAddress(settings.TrustedProxies);
        app.UseRouting();
        app.UseAgentBrainAuthorization(settings, settings.AuthorizationServer is null ? null : AuthorizationServerServices.UseAuthorizationServer);
        app.MapDefaultEndpoints();
        var resources = app.Services.GetRequiredService<ResourceMap>();
        foreach (var resource in resources.All)
            app.MapMcp(resource.Path).WithMetadata(new McpEndpoint()).RequireAuthorization();

        // First what the keys of tokens come from, then what reads them.
        if (settings.AuthorizationServer is not null)
        {
            app.Services.PrepareAuthorizationServer();
            app.MapAuthorizationServer();
        }

        if (settings.OAuth is { } oauth)
        {
            app.Services.PrepareAccessTokens();
            app.MapOAuth(oauth, resources);
        }
    }

    private static void ConfigureSessions(HttpServerTransportOptions transport, ServerSettings settings)
    {
        transport.SessionMode = HttpServerSessionMode.StatefulForInitializeClients;
        transport.IdleTimeout = settings.Limits.SessionIdle;
        transport.MaxIdleSessionCount = settings.Limits.MaxSessions;
    }
}

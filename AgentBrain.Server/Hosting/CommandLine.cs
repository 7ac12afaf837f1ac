using AgentBrain.Server.AuthorizationServer.Commands;
using AgentBrain.Server.AuthorizationServer.Owner;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Hosting;

/// <summary>The program: runs the server or a command, and turns what is wrong with the settings into one sentence and an exit code.</summary>
/// <param name="mcp">Registers tools, resources, prompts and handlers.</param>
/// <param name="output">Standard output.</param>
/// <param name="error">Standard error.</param>
internal sealed class CommandLine(Action<IMcpServerBuilder> mcp, TextWriter output, TextWriter error)
{
    /// <summary>Runs until the server is stopped.</summary>
    /// <returns>0, <see cref="ConfigurationException.ExitCode"/> after a misconfiguration, or <see cref="CommandException.ExitCode"/> after a command that could not be done.</returns>
    public async Task<int> RunAsync(string[] args, CancellationToken cancellationToken = default)
    {
        try
        {
            await DispatchAsync(args, cancellationToken);
            return 0;
        }
        catch (ConfigurationException exception)
        {
            await error.WriteLineAsync(exception.Message);
            return ConfigurationException.ExitCode;
        }
        catch (CommandException exception)
        {
            await error.WriteLineAsync(exception.Message);
            return CommandException.ExitCode;
        }
    }

    private async Task DispatchAsync(string[] args, CancellationToken cancellationToken)
    {
        if (Arguments.AskForHelp(args))
        {
            await output.WriteLineAsync(Arguments.Help);
            return;
        }

        if (Arguments.AskForVersion(args))
        {
            await output.WriteLineAsync(Arguments.Version);
            return;
        }

        if (args is ["tls", .. var rest])
        {
            SelfSignedCertificate.Run(rest, output, TimeProvider.System);
            return;
        }

        if (args is ["revoke", .. var whom])
        {
            await RevokeCommand.RunAsync(whom, new ConfigurationBuilder().AddEnvironmentVariables().Build(), output, TimeProvider.System);
            return;
        }

        if (CommandTable.IsMeant(args))
        {
            await new MachineCommand(output, new ConsoleConfirmation(), TimeProvider.System).RunAsync(args, cancellationToken);
            return;
        }

        Arguments.Check(args);
        if (args.Contains(Arguments.Stdio, StringComparer.Ordinal))
            await RunStdioAsync([.. args.Where(arg => arg != Arguments.Stdio)], cancellationToken);
        else
            await RunHttpAsync(args, cancellationToken);
    }

    private async Task RunStdioAsync(string[] args, CancellationToken cancellationToken)
    {
        using var host = StdioHost.Create(args, mcp);
        await host.RunAsync(cancellationToken);
    }

    private async Task RunHttpAsync(string[] args, CancellationToken cancellationToken)
    {
        await using var app = AgentBrainHost.Create(args, mcp);
        var settings = app.Services.GetRequiredService<ServerSettings>();
        PortCheck.Run(settings);
        await app.StartAsync(cancellationToken);
        StartBanner.Write(output, settings, app.Services.GetRequiredService<DataDirectory>(), [.. app.Urls]);
        if (app.Services.GetService<SetupNotice>() is { } notice)
            await notice.TellAsync();

        await app.WaitForShutdownAsync(cancellationToken);
    }
}

using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using AgentBrain.Server.AuthorizationServer.Backups;
using AgentBrain.Server.AuthorizationServer.Commands;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Hosting;

/// <summary>
/// The caller's side of the commands of the machine's user: has the server that is running do it, and does it in this process where
/// none is.
/// </summary>
/// <param name="output">Where the answer goes.</param>
/// <param name="confirmation">Asks the person at the terminal, if there is one.</param>
/// <param name="time">The clock.</param>
internal sealed class MachineCommand(TextWriter output, IConfirmation confirmation, TimeProvider time)
{
    private const string Json = "--json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.Default };

    /// <summary>Runs a command.</summary>
    /// <param name="args">Its name and what follows it; settings as <c>--NAME=value</c> and <c>--json</c> may stand anywhere.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ConfigurationException">The arguments or settings are wrong.</exception>
    /// <exception cref="CommandException">It could not be done.</exception>
    public async Task RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        var settings = args.Where(IsSetting).ToArray();
        Arguments.Check(settings);
        var isJson = args.Contains(Json, StringComparer.Ordinal);
        string[] words = [.. args.Where(arg => arg != Json && !IsSetting(arg))];
        if (CommandTable.Find(words) is not var (syntax, rest))
            throw new ConfigurationException($"There is no command {Authorization.LogText.Safe(string.Join(' ', words.Take(2)))}; --help lists what there is.");

        var arguments = CommandArguments.Parse(syntax, rest);
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(settings).Build();
        var target = syntax.NewFile is null ? null : CommandFiles.CheckNew(syntax.NewFile, arguments.Require(syntax.NewFile));
        var command = Complete(syntax, arguments, configuration, rest);
        var data = SettingsReader.DataPath(configuration);
        var reply = syntax.IsOffline
            ? await RestoreCommand.RunAsync(CommandArguments.Parse(syntax, command), data, time, cancellationToken)
            : await AskAsync(syntax, [.. syntax.Name.Split(' '), .. command], settings, configuration, cancellationToken);
        if (reply.ExitCode != 0)
        {
            throw reply.ExitCode == ConfigurationException.ExitCode
                ? new ConfigurationException(reply.Error ?? "")
                : new CommandException(reply.Error ?? "");
        }

        if (target is not null && reply.File is { } made)
            CommandFiles.Take(syntax.NewFile!, Path.Combine(data, Path.GetFileName(made)), target);

        await WriteAsync(reply, isJson);
    }

    private static bool IsSetting(string arg) => arg.StartsWith("--" + SettingNames.Prefix, StringComparison.OrdinalIgnoreCase) || arg.StartsWith("--urls=", StringComparison.OrdinalIgnoreCase);

    /// <summary>What is sent: what files hold instead of their names, and the answer to what is asked.</summary>
    private ImmutableArray<string> Complete(CommandSyntax syntax, CommandArguments arguments, IConfiguration configuration, ImmutableArray<string> rest)
    {
        var command = rest.ToBuilder();
        for (var i = 0; i + 1 < command.Count; i++)
        {
            foreach (var (option, isSecret) in syntax.ReadFiles.Where(file => file.Option == command[i]))
                command[i + 1] = isSecret ? SecretFile.Read(option, command[i + 1]) : CommandFiles.Read(option, command[i + 1]);
        }

        foreach (var question in syntax.Questions.Where(question => confirmation.IsPossible && !arguments.Has(question.Flag) && !arguments.Has(question.Unless)))
        {
            if (confirmation.Ask(question.Text) == question.AddsFlagOn)
                command.Add(question.Flag);
        }

        foreach (var (option, setting) in syntax.FromSettings.Where(pair => !arguments.Has(pair.Option)))
        {
            if (configuration[setting] is not { Length: > 0 } file)
                continue;

            command.Add(option);
            command.Add(SecretFile.Read(setting, file));
        }

        return command.ToImmutable();
    }

    private async Task<ControlReply> AskAsync(CommandSyntax syntax, ImmutableArray<string> command, string[] settings, IConfiguration configuration, CancellationToken cancellationToken)
    {
        var path = SettingsReader.DataPath(configuration);
        if (Directory.Exists(path) && await ControlClient.AskAsync(RealPath.Of(Path.GetFullPath(path)), syntax, command, time, cancellationToken) is { } answer)
            return answer;

        await using var app = OfflineHost.Create(settings, configuration);
        return await app.Services.GetRequiredService<CommandRunner>().RunAsync(command, cancellationToken);
    }

    private async Task WriteAsync(ControlReply reply, bool isJson)
    {
        if (isJson)
        {
            await output.WriteLineAsync(reply.Data?.ToJsonString(Indented) ?? "{}");
            return;
        }

        foreach (var line in reply.Lines)
            await output.WriteLineAsync(line);
    }
}

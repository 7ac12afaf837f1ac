using AgentBrain.Server.AuthorizationServer.Commands;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Mcp;

namespace AgentBrain.Server.Hosting;

/// <summary>What the command line may hold. Whatever it does not know stops the start: a misspelled switch must not be a server with other settings.</summary>
internal static class Arguments
{
    /// <summary>Serve over standard input and output.</summary>
    public const string Stdio = "--stdio";

    /// <summary>The help text.</summary>
    public static string Help { get; } =
        $$"""
        Agent Brain: a knowledge server for AI agents, over MCP.

          AgentBrain.Server [--urls URL]     serve over HTTP (default http://127.0.0.1:8765), MCP at /mcp
          AgentBrain.Server --stdio          serve over standard input and output, as the child of a client
          AgentBrain.Server tls self-signed --host NAME --out DIR
                                             make a certificate for the LAN and print its fingerprint
          AgentBrain.Server revoke --subject ID [--client ID] | --session SID | --token JTI
                                             take access away on all servers that share a Redis (mode oauth)
          AgentBrain.Server COMMAND          for a server that is its own authorization server, running or not:
        {{Commands()}}
          AgentBrain.Server --help | --version

        Settings are environment variables, or --NAME=VALUE here:
          AGENT_BRAIN_ROOTS   directories that may be indexed (default: the current directory)
          AGENT_BRAIN_DATA    the server's own directory (default: agent-brain in the user's application data)
          AGENT_BRAIN_AUTH    none (default), basic or oauth
        The README lists them all.
        """;

    private static string Commands() => string.Join('\n', CommandTable.All.Select(static command => $"    {command.Full}\n          {command.Summary}"));

    private static readonly string[] Values = ["--urls", "--environment"];

    /// <summary>The program's version.</summary>
    public static string Version => ServerDescription.Version;

    /// <summary>True if help is asked for, wherever: who is unsure of an argument must not have started a server with it.</summary>
    public static bool AskForHelp(IReadOnlyList<string> args) => args is ["help", ..] || args.Any(arg => arg is "--help" or "-h" or "-?");

    /// <summary>True if the version is asked for, wherever.</summary>
    public static bool AskForVersion(IReadOnlyList<string> args) => args.Contains("--version", StringComparer.Ordinal);

    /// <summary>Checks the arguments of a server.</summary>
    /// <exception cref="ConfigurationException">One of them is not known, or lacks its value.</exception>
    public static void Check(IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i++)
        {
            var name = args[i].Split('=', 2)[0];
            var isValue = Values.Contains(name, StringComparer.OrdinalIgnoreCase);
            if (args[i] == Stdio || (!isValue && IsSetting(name) && args[i].Contains('=')))
            {
                continue;
            }

            if (name == Stdio)
            {
                throw new ConfigurationException($"The argument {Stdio} takes no value; leave it out to serve over HTTP.");
            }

            if (!isValue && !IsSetting(name))
            {
                throw new ConfigurationException($"There is no argument {Authorization.LogText.Safe(name)}; --help lists what there is.");
            }

            if (!args[i].Contains('=') && (++i == args.Count || args[i].StartsWith("--", StringComparison.Ordinal)))
            {
                throw new ConfigurationException($"The argument {name} needs a value: {name}=VALUE.");
            }
        }
    }

    private static bool IsSetting(string name) =>
        name.StartsWith("--Logging:", StringComparison.OrdinalIgnoreCase)
        || (name.StartsWith("--" + SettingNames.Prefix, StringComparison.OrdinalIgnoreCase) && SettingNames.IsForeseen(name[2..]));
}

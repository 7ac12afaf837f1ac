using AgentBrain.Server.Authorization;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Hosting;

/// <summary>What the terminal shows once the server serves.</summary>
internal static class StartBanner
{
    /// <summary>Writes the banner.</summary>
    /// <param name="output">The terminal.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="data">The data directory.</param>
    /// <param name="urls">The addresses that were bound, with the port that the system chose.</param>
    public static void Write(TextWriter output, ServerSettings settings, DataDirectory data, IReadOnlyCollection<string> urls)
    {
        var endpoint = (settings.PublicUrl?.AbsoluteUri.TrimEnd('/') ?? urls.First()) + "/mcp";
        output.WriteLine("Agent Brain is ready.");
        output.WriteLine($"  listening  {string.Join(", ", urls)}");
        output.WriteLine($"  mode       {Mode(settings.Mode)}");
        foreach (var issuer in settings.OAuth?.Issuers ?? [])
            output.WriteLine($"  issuer     {LogText.Safe(issuer.Issuer, 4096)}");
        foreach (var brain in settings.Brains)
        {
            foreach (var root in brain.Roots)
                output.WriteLine($"  root       {LogText.Safe(root.Path, 4096)}{(settings.Brains.Length > 1 ? $"  (brain {brain.Name})" : "")}");
        }

        output.WriteLine($"  data       {LogText.Safe(data.FullPath, 4096)}");
        output.WriteLine();
        output.WriteLine("Add it to Claude Code:");
        output.WriteLine($"  claude mcp add --transport http agent-brain {endpoint}{Header(settings.Mode)}");
        output.WriteLine();
        output.WriteLine("Press Ctrl+C to stop.");
    }

    private static string Mode(AuthMode mode) => mode switch
    {
        AuthMode.None => "none (every account on this machine is the owner)",
        AuthMode.Basic => "basic (a shared secret)",
        _ => "oauth (access tokens)",
    };

    /// <summary>The secret itself stays out of the terminal's history.</summary>
    private static string Header(AuthMode mode) => mode == AuthMode.Basic ? " --header \"Authorization: Bearer $BRAIN_SECRET\"" : "";
}

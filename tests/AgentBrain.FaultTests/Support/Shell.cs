using System.Diagnostics;

namespace AgentBrain.FaultTests.Support;

/// <summary>Runs a tool of the system.</summary>
internal static class Shell
{
    /// <summary>Runs it and requires that it succeeds.</summary>
    public static async Task RunAsync(string program, params string[] arguments)
    {
        if (await TryAsync(program, arguments) is { } error)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error}");
    }

    /// <summary>Runs it; null, or why it failed.</summary>
    public static async Task<string?> TryAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? null : $"exit code {process.ExitCode} {await error}";
    }
}

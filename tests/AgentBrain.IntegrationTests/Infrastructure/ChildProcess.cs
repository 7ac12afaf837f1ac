using System.Diagnostics;
using System.Text;

namespace AgentBrain.IntegrationTests.Infrastructure;

/// <summary>A process that a test started, with all it wrote. It never outlives its owner.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(20);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();
    private readonly Task reading;

    private ChildProcess(Process process)
    {
        this.process = process;
        reading = Task.WhenAll(ReadAsync(process.StandardOutput, output), ReadAsync(process.StandardError, errors));
    }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public string Output => Text(output);

    public string Errors => Text(errors);

    /// <summary>Starts a program.</summary>
    /// <param name="file">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables that are added; null takes one away.</param>
    /// <param name="directory">Its working directory; the test's if null.</param>
    public static ChildProcess Start(string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string? directory = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = directory ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;

        return new ChildProcess(Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start."));
    }

    /// <summary>Writes a line to its standard input.</summary>
    public async Task WriteLineAsync(string line)
    {
        await process.StandardInput.WriteAsync($"{line}\n");
        await process.StandardInput.FlushAsync();
    }

    /// <summary>Ends its standard input.</summary>
    public void CloseInput() => process.StandardInput.Close();

    /// <summary>Waits for its end and for the last of its output.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitAsync(TimeSpan limit)
    {
        using var late = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(late.Token);
            await reading.WaitAsync(late.Token);
        }
        catch (OperationCanceledException exception)
        {
            throw new TimeoutException($"{process.StartInfo.FileName} did not end in {limit.TotalSeconds} s.\n{Output}\n{Errors}", exception);
        }

        return process.ExitCode;
    }

    /// <summary>Asks it to stop, as a service manager does, and waits. Where there are no signals it is killed.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        if (OperatingSystem.IsWindows())
            return await KillAsync();

        using var kill = Process.Start("kill", ["-TERM", Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        return await WaitAsync(StopTime);
    }

    /// <summary>Ends it at once, without warning, with all it started.</summary>
    public Task<int> KillAsync()
    {
        process.Kill(entireProcessTree: true);
        return WaitAsync(StopTime);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await KillAsync();

        await reading;
        process.Dispose();
    }

    private static async Task ReadAsync(StreamReader reader, StringBuilder into)
    {
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is var read and > 0)
        {
            lock (into)
                into.Append(buffer, 0, read);
        }
    }

    private static string Text(StringBuilder builder)
    {
        lock (builder)
            return builder.ToString();
    }
}

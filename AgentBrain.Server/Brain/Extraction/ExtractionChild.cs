using System.Diagnostics;
using System.Text;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Brains.Extraction;

/// <summary>One running child process. It serves one document at a time; after a failure other than the document's own it is dead.</summary>
internal sealed class ExtractionChild : IDisposable
{
    private readonly Process _process;
    private readonly ExtractionLimits _limits;
    private readonly TimeProvider _time;
    private volatile bool _memoryExceeded;

    private ExtractionChild(Process process, ExtractionLimits limits, TimeProvider time)
    {
        _process = process;
        _limits = limits;
        _time = time;
    }

    /// <summary>Why the child is not confined; empty when it is.</summary>
    public string Unconfined { get; private set; } = "";

    /// <summary>Requests answered.</summary>
    public int Answered { get; private set; }

    /// <summary>The child's process id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Starts a child and waits until it is ready.</summary>
    /// <exception cref="ExtractionException">It did not start in time.</exception>
    public static async Task<ExtractionChild> StartAsync(
        ExtractionProgram program, ExtractionLimits limits, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program.FileName, program.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        ExtractionEnvironment.Apply(start, limits);
        var process = Process.Start(start) ?? throw new ExtractionException(SkipReason.ExtractionFailed, "The extraction process did not start.");
        // Nobody reads its stderr: what a parser says of a document is the document's content.
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();

        var child = new ExtractionChild(process, limits, time);
        try
        {
            var ready = await child.ExchangeAsync(null, limits.StartTimeout, cancellationToken);
            if (ready.Kind != (byte)ExtractionStatus.Ready)
                throw new ExtractionException(SkipReason.ExtractionFailed, "The extraction process did not say that it is ready.");
            child.Unconfined = Encoding.UTF8.GetString(ready.Content.Span);
            return child;
        }
        catch
        {
            child.Dispose();
            throw;
        }
    }

    /// <summary>Sends one request and reads its answer within the limits.</summary>
    /// <exception cref="ExtractionException">A limit was exceeded or the child died; dispose this object.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled; dispose this object.</exception>
    public async Task<ExtractionFrame> AskAsync(ExtractionFrame request, CancellationToken cancellationToken)
    {
        var answer = await ExchangeAsync(request, _limits.Timeout, cancellationToken);
        Answered++;
        return answer;
    }

    /// <summary>Ends the process at once.</summary>
    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private async Task<ExtractionFrame> ExchangeAsync(ExtractionFrame? request, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var watch = _time.CreateTimer(static state => ((ExtractionChild)state!).CheckMemory(), this, _limits.MemoryInterval, _limits.MemoryInterval);
        // A pipe does not always heed the token; the end of the process ends every read and write.
        await using var kill = both.Token.UnsafeRegister(static state => ((ExtractionChild)state!).Kill(), this);
        try
        {
            if (request is { } frame)
                await frame.WriteAsync(_process.StandardInput.BaseStream, both.Token);
            return await ExtractionFrame.ReadAsync(_process.StandardOutput.BaseStream, _limits.MaxAnswerBytes, both.Token)
                ?? throw new EndOfStreamException();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or OperationCanceledException or ObjectDisposedException)
        {
            throw Explain(e, timeout.IsCancellationRequested, cancellationToken);
        }
    }

    private Exception Explain(Exception cause, bool timedOut, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return new OperationCanceledException(cancellationToken);
        if (_memoryExceeded)
            return new ExtractionException(SkipReason.ExtractionTooBig, $"The document takes more than {_limits.MaxMemoryBytes} bytes of memory.");
        if (timedOut)
            return new ExtractionException(SkipReason.ExtractionTimeout, $"The document takes longer than {_limits.Timeout.TotalSeconds:0.###} s.");
        return cause is InvalidDataException
            ? new ExtractionException(SkipReason.ExtractionTooBig, "The document gives more text than allowed.")
            : new ExtractionException(SkipReason.ExtractionFailed, "The extraction process ended while it parsed the document.");
    }

    private void CheckMemory()
    {
        try
        {
            _process.Refresh();
            if (_process.WorkingSet64 <= _limits.MaxMemoryBytes)
                return;
            _memoryExceeded = true;
            Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended; the read that waits for it finds out.
        }
    }

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }
}

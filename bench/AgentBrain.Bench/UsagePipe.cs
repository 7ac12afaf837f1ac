using System.Buffers.Binary;
using System.IO.Pipes;
using System.Security.Cryptography;

namespace AgentBrain.Bench;

/// <summary>
/// Asks a server what it has used, from outside of its own code: allocations are known to nobody but the process, and an exporter of
/// metrics would be measured with it. Between two questions it costs nothing.
/// </summary>
internal static class UsagePipe
{
    /// <summary>The environment variable with the pipe's name.</summary>
    public const string Variable = "BENCH_USAGE_PIPE";

    private const int AnswerBytes = 2 * sizeof(long);

    /// <summary>A name that nobody else uses.</summary>
    public static string NewName() => "agent-brain-bench-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>Takes away what a process that was killed leaves of its pipe: where the runtime makes pipes of sockets, their files.</summary>
    public static void Remove(string name) => File.Delete(Path.Combine(Path.GetTempPath(), "CoreFxPipe_" + name));

    /// <summary>Asks.</summary>
    public static async Task<ProcessUsage> AskAsync(string name)
    {
        await using var pipe = new NamedPipeClientStream(".", name, PipeDirection.In, PipeOptions.Asynchronous);
        await pipe.ConnectAsync(5_000);
        var answer = new byte[AnswerBytes];
        await pipe.ReadExactlyAsync(answer);
        return new ProcessUsage(new TimeSpan(BinaryPrimitives.ReadInt64BigEndian(answer)), BinaryPrimitives.ReadInt64BigEndian(answer.AsSpan(sizeof(long))));
    }

    /// <summary>Answers one question after the other, in the process that is asked about.</summary>
    public static void Answer(string name)
    {
        Span<byte> answer = stackalloc byte[AnswerBytes];
        using var pipe = new NamedPipeServerStream(name, PipeDirection.Out);
        while (true)
        {
            pipe.WaitForConnection();
            BinaryPrimitives.WriteInt64BigEndian(answer, Environment.CpuUsage.TotalTime.Ticks);
            BinaryPrimitives.WriteInt64BigEndian(answer[sizeof(long)..], GC.GetTotalAllocatedBytes());
            pipe.Write(answer);
            pipe.Disconnect();
        }
    }
}

/// <summary>What a process has used since its start.</summary>
/// <param name="Cpu">Time on the processor, in the program and for it in the system.</param>
/// <param name="AllocatedBytes">What was ever allocated on the managed heap.</param>
internal sealed record ProcessUsage(TimeSpan Cpu, long AllocatedBytes);

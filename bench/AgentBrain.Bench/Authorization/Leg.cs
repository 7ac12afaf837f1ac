namespace AgentBrain.Bench.Authorization;

/// <summary>One way to prove who calls, against one server.</summary>
/// <param name="Name">What it is called in the report.</param>
/// <param name="Server">The server.</param>
/// <param name="Prove">Makes the credentials of one call; asked before the clock runs, from one thread.</param>
internal sealed record Leg(string Name, BenchServer Server, Func<Credentials> Prove)
{
    /// <summary>The Redis that its server asks.</summary>
    public BenchRedis? Redis { get; init; }

    /// <summary>The least share of the anonymous calls a second that it must reach.</summary>
    public double? Budget { get; init; }
}

/// <summary>What one leg did in one round, each figure of one call but the first two.</summary>
/// <param name="Rate">Calls a second.</param>
/// <param name="Latencies">From the first byte to the last, of every call, in ms.</param>
/// <param name="Cpu">The server's time on the processor, in µs.</param>
/// <param name="RedisCpu">That of Redis, in µs.</param>
/// <param name="Allocated">Bytes that the server allocated.</param>
internal sealed record LegRound(double Rate, double[] Latencies, double Cpu, double RedisCpu, double Allocated);

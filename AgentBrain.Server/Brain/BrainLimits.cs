namespace AgentBrain.Server.Brains;

/// <summary>What one brain may hold and one job may take. Exceeding a limit is a counted skip or a named error, never silent.</summary>
internal sealed record BrainLimits
{
    /// <summary>Largest file that is read, in bytes.</summary>
    public long MaxFileBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>Most files one folder may contribute.</summary>
    public int MaxFilesPerFolder { get; init; } = 200_000;

    /// <summary>Most chunks the brain holds.</summary>
    public int MaxChunks { get; init; } = 5_000_000;

    /// <summary>Most jobs that may wait.</summary>
    public int MaxQueuedJobs { get; init; } = 100;

    /// <summary>Longest time one job may run.</summary>
    public TimeSpan JobTimeout { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Free space of the data directory's disk below which indexing stops, as a share of the disk.</summary>
    public double MinFreeDiskShare { get; init; } = 0.10;

    /// <summary>Free bytes that are enough whatever share of a large disk they are.</summary>
    public long EnoughFreeDiskBytes { get; init; } = 5L * 1024 * 1024 * 1024;
}

namespace AgentBrain.Server.Brains.Extraction;

/// <summary>What one document may take. Exceeding a limit fails the file and ends the child process, never the job.</summary>
internal sealed record ExtractionLimits
{
    /// <summary>Longest time for one document, from the moment its bytes are sent.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest time for the child to start.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most resident memory of the child, in bytes.</summary>
    public long MaxMemoryBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>How often its memory is looked at. Its managed heap is held to three quarters of the limit by the runtime at all times.</summary>
    public TimeSpan MemoryInterval { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Most text, in characters (UTF-16 code units).</summary>
    public int MaxTextLength { get; init; } = 16 * 1024 * 1024;

    /// <summary>Most pages.</summary>
    public int MaxPages { get; init; } = 5000;

    /// <summary>Documents after which the child is replaced, so that nothing piles up in it.</summary>
    public int DocumentsPerProcess { get; init; } = 500;

    /// <summary>Most bytes of an answer: a character takes at most three in UTF-8, or six where JSON escapes it.</summary>
    public long MaxAnswerBytes => (MaxTextLength * 6L) + (1024 * 1024);
}

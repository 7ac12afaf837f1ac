namespace AgentBrain.Server.Brains.Jobs;

/// <summary>What a job did, by file.</summary>
internal sealed record JobCounts
{
    /// <summary>Files that were not in the index before.</summary>
    public int Added { get; set; }

    /// <summary>Files whose content or settings had changed.</summary>
    public int Changed { get; set; }

    /// <summary>Files that were as the index has them.</summary>
    public int Unchanged { get; set; }

    /// <summary>Files that are gone, or no longer allowed, and were taken out.</summary>
    public int Removed { get; set; }

    /// <summary>Chunks written.</summary>
    public int Chunks { get; set; }

    /// <summary>How far the job was at the last restart of the server that found it further than the one before.</summary>
    public ResumePoint? Resumed { get; init; }

    /// <summary>Files and directories left out, by reason (<see cref="Files.SkipReason"/> in snake case).</summary>
    public SortedDictionary<string, int> Skipped { get; init; } = new(StringComparer.Ordinal);
}

/// <summary>How far a job was when the server started again after it had stopped while the job ran.</summary>
/// <param name="Files">Files that the job had finished.</param>
/// <param name="Attempts">How often it had been started.</param>
internal sealed record ResumePoint(int Files, int Attempts);

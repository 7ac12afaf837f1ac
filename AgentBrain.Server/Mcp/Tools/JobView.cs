using System.ComponentModel;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Jobs;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary>The words for jobs that all tools share.</summary>
internal static class JobView
{
    /// <summary>The word for a state: pending, running, completed, failed, cancelled.</summary>
    public static string Status(JobRecord job) => job.State.ToString().ToLowerInvariant();

    /// <summary>One sentence on where the job is.</summary>
    public static string Message(JobRecord job) => job.Message ?? job.State switch
    {
        JobState.Pending => "Waits for its turn.",
        JobState.Running when job.Total is { } total => $"Indexed {job.Processed} of {Counted.Of(total, "file")}.",
        JobState.Running => "Is listing the folder's files.",
        JobState.Completed => Summary(job.Counts),
        JobState.Cancelled => "Cancelled.",
        _ => "Failed.",
    };

    /// <summary>The job in one line.</summary>
    public static string Line(JobRecord job) => $"{job.Id}: {Status(job)}, {job.ProgressPercent:0} %. {Message(job)}";

    /// <summary>The folders of a job as the caller is shown them.</summary>
    public static IReadOnlyList<string> Folders(JobRecord job, CallContext caller) => [.. job.Request.Targets.Select(target => caller.Show(target.Folder))];

    private static string Summary(JobCounts counts) =>
        $"{Counted.Of(counts.Added, "file")} added, {counts.Changed} changed, {counts.Unchanged} unchanged, {counts.Removed} removed, {counts.Skipped.Values.Sum()} left out; {Counted.Of(counts.Chunks, "chunk")} written.";
}

/// <summary>What a job did.</summary>
internal sealed record JobCountsView
{
    /// <summary>New files.</summary>
    [Description("Files that were not in the index before.")]
    public required int Added { get; init; }

    /// <summary>Changed files.</summary>
    [Description("Files whose content or settings had changed.")]
    public required int Changed { get; init; }

    /// <summary>Unchanged files.</summary>
    [Description("Files that were as the index has them.")]
    public required int Unchanged { get; init; }

    /// <summary>Removed files.</summary>
    [Description("Files that are gone and were taken out.")]
    public required int Removed { get; init; }

    /// <summary>Chunks.</summary>
    [Description("Chunks written.")]
    public required int Chunks { get; init; }

    /// <summary>Left out, by reason.</summary>
    [Description("Files and directories left out, by reason, for example gitignored, binary, too_large, secret_name.")]
    public required IReadOnlyDictionary<string, int> Skipped { get; init; }

    /// <summary>As callers see it.</summary>
    public static JobCountsView From(JobCounts counts) => new()
    {
        Added = counts.Added,
        Changed = counts.Changed,
        Unchanged = counts.Unchanged,
        Removed = counts.Removed,
        Chunks = counts.Chunks,
        Skipped = counts.Skipped,
    };
}

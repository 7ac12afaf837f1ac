using AgentBrain.Server.Brains.Files;
using AgentBrain.Server.Brains.Jobs;
using System.Text.Json;

namespace AgentBrain.Server.Brains.Indexing;

/// <summary>Counts what the running job does and shows it to those who ask. Used by the one task that writes.</summary>
/// <param name="running">The job.</param>
/// <param name="changes">Woken when the counts were shown.</param>
/// <param name="time">The clock that spaces what is shown.</param>
internal sealed class JobProgress(RunningJob running, BrainChanges changes, TimeProvider time)
{
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(200);

    private readonly JobCounts _counts = new() { Resumed = running.Record.Counts.Resumed };
    private int _processed;
    private int _total;
    private long _shown = time.GetTimestamp();

    /// <summary>The job as it stands, for the database.</summary>
    public JobRecord Snapshot() => running.Record with
    {
        Processed = _processed,
        Total = _total,
        Counts = _counts with { Skipped = new SortedDictionary<string, int>(_counts.Skipped, StringComparer.Ordinal) },
        Message = $"{_processed} of {Counted.Of(_total, "file")} looked at.",
    };

    /// <summary>Announces files to look at.</summary>
    public void Expect(int files)
    {
        _total += files;
        Show(force: true);
    }

    /// <summary>A file is as the index has it.</summary>
    public void Unchanged() => Step(() => _counts.Unchanged++);

    /// <summary>A file was written.</summary>
    public void Written(bool isNew, int chunks) => Step(() =>
    {
        _counts.Chunks += chunks;
        if (isNew)
        {
            _counts.Added++;
        }
        else
        {
            _counts.Changed++;
        }
    });

    /// <summary>A file that was to be read was left out.</summary>
    public void SkippedFile(SkipReason reason) => Step(() => Count(reason));

    /// <summary>A file or directory was left out by its name.</summary>
    public void SkippedEntry(SkipReason reason) => Count(reason);

    /// <summary>A file was taken out.</summary>
    public void Removed() => _counts.Removed++;

    /// <summary>The sentence for a job that is done.</summary>
    public string Summary()
    {
        var skipped = _counts.Skipped.Count == 0
            ? "nothing skipped"
            : "skipped: " + string.Join(", ", _counts.Skipped.Select(reason => $"{reason.Value} {reason.Key}"));
        return $"{Counted.Of(_counts.Added, "file")} added, {_counts.Changed} changed, {_counts.Unchanged} unchanged, {_counts.Removed} removed; {skipped}.";
    }

    private void Count(SkipReason reason)
    {
        var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());
        _counts.Skipped[name] = _counts.Skipped.GetValueOrDefault(name) + 1;
    }

    private void Step(Action count)
    {
        count();
        _processed++;
        Show(force: false);
    }

    private void Show(bool force)
    {
        if (!force && time.GetElapsedTime(_shown) < Spacing)
        {
            return;
        }

        _shown = time.GetTimestamp();
        running.Report(Snapshot());
        changes.Signal();
    }
}

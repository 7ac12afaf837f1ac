using System.Diagnostics;
using System.Diagnostics.Metrics;
using AgentBrain.Server.Brains.Jobs;
using AgentBrain.Server.Brains.Search;

namespace AgentBrain.Server.Brains;

/// <summary>
/// The spans and metrics of the brains. Labels are closed sets and numbers: no query, path or other text of a caller or a document
/// leaves with them.
/// </summary>
internal sealed class BrainTelemetry : IDisposable
{
    /// <summary>The name of both the activity source and the meter.</summary>
    public const string Name = "AgentBrain.Brain";

    private readonly ActivitySource _source = new(Name);
    private readonly Histogram<double> _searches;
    private readonly Histogram<double> _jobs;
    private readonly Counter<long> _files;

    /// <summary>Makes the instruments.</summary>
    public BrainTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _searches = meter.CreateHistogram<double>("agent_brain.search.duration", "s", "Time of a search, by the mode that answered and whether memory did.");
        _jobs = meter.CreateHistogram<double>("agent_brain.job.duration", "s", "Time of a job, by kind and final state.");
        _files = meter.CreateCounter<long>("agent_brain.job.files", "{file}", "Files that jobs looked at, by outcome.");
    }

    /// <summary>Starts the span of a search.</summary>
    public Activity? StartSearch() => _source.StartActivity("agent_brain.search");

    /// <summary>Records a search on its span and in the metrics.</summary>
    public void Searched(Activity? span, SearchResponse response, bool cached)
    {
        var mode = Lower(response.ModeUsed);
        span?.SetTag("agent_brain.mode", mode).SetTag("agent_brain.results", response.Hits.Length).SetTag("agent_brain.cached", cached);
        _searches.Record(response.Elapsed.TotalSeconds, new("mode", mode), new("cached", cached));
    }

    /// <summary>Starts the span of a job, apart from the request that asked for it.</summary>
    public Activity? StartJob(JobRecord job) =>
        _source.StartActivity("agent_brain.job", ActivityKind.Internal, parentContext: default)?
            .SetTag("agent_brain.job_id", job.Id).SetTag("agent_brain.kind", Lower(job.Request.Kind)).SetTag("agent_brain.attempt", job.Attempts);

    /// <summary>Records the end of a job in the metrics and ends its span, before anybody can see that the job has ended.</summary>
    public void JobEnded(Activity? span, JobRecord job, TimeSpan elapsed)
    {
        var state = Lower(job.State);
        span?.SetTag("agent_brain.state", state).SetTag("agent_brain.reason", job.Reason).SetTag("agent_brain.files", job.Processed).Stop();
        _jobs.Record(elapsed.TotalSeconds, new("kind", Lower(job.Request.Kind)), new("state", state));
        Count("added", job.Counts.Added);
        Count("changed", job.Counts.Changed);
        Count("unchanged", job.Counts.Unchanged);
        Count("removed", job.Counts.Removed);
        foreach (var (reason, count) in job.Counts.Skipped)
        {
            Count("skipped_" + reason, count);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _source.Dispose();

    private void Count(string outcome, int files)
    {
        if (files > 0)
        {
            _files.Add(files, new KeyValuePair<string, object?>("outcome", outcome));
        }
    }

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}

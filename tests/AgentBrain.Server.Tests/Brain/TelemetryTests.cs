using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Search;
using AgentBrain.Server.Tests.Brains.Indexing;

namespace AgentBrain.Server.Tests.Brains;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Spans_and_metrics_tell_how_and_how_long_but_no_query_path_or_text()
    {
        var told = new ConcurrentQueue<string>();
        using var spans = new ActivityListener
        {
            ShouldListenTo = source => source.Name == BrainTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => told.Enqueue($"{span.DisplayName} {string.Join(' ', span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"))}"),
        };
        ActivitySource.AddActivityListener(spans);
        using var metrics = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == BrainTelemetry.Name)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        metrics.SetMeasurementEventCallback<double>((instrument, _, tags, _) => told.Enqueue($"{instrument.Name} {Text(tags)}"));
        metrics.SetMeasurementEventCallback<long>((instrument, value, tags, _) => told.Enqueue($"{instrument.Name}={value} {Text(tags)}"));
        metrics.Start();
        await using var brain = new RunningBrain();
        brain.Root.Write("canarypath/a.md", "The canaryword sings.");
        brain.Root.Write("canarypath/b.md", [0, 1, 2]);

        await brain.IndexAsync();
        brain.Brain.Search(new SearchRequest { Query = "canaryword" }, CancellationToken.None);

        Assert.Contains(told, line => line.StartsWith("agent_brain.search ", StringComparison.Ordinal) && line.Contains("agent_brain.mode=bm25", StringComparison.Ordinal));
        Assert.Contains(told, line => line.StartsWith("agent_brain.job ", StringComparison.Ordinal) && line.Contains("agent_brain.state=completed", StringComparison.Ordinal));
        Assert.Contains(told, line => line == "agent_brain.job.files=1 outcome=added");
        Assert.Contains(told, line => line == "agent_brain.job.files=1 outcome=skipped_binary");
        Assert.DoesNotContain(told, line => line.Contains("canary", StringComparison.Ordinal));
    }

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) => string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
}

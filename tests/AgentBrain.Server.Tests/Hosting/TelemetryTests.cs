using System.Collections.Concurrent;
using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace AgentBrain.Server.Tests.Hosting;

public sealed class TelemetryTests
{
    [Fact]
    public async Task A_span_has_a_reason_and_no_text_of_the_caller()
    {
        var spans = new Capture();
        await using var brain = await TestBrain.StartBasic(builder => builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(spans)));
        using var request = brain.Post(Messages.Ping);
        request.RequestUri = new Uri("/mcp?access_token=canary-7f3a", UriKind.Relative);
        request.Headers.TryAddWithoutValidation("User-Agent", "canary-7f3a");

        using var response = await brain.Client.SendAsync(request);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!spans.Tags.Any(tag => tag.Value == "no_credentials"))
            await Task.Delay(20, limit.Token);

        Assert.Contains(spans.Tags, tag => tag.Key == "http.response.status_code");
        Assert.DoesNotContain(spans.Tags, tag => tag.Value.Contains("canary-7f3a"));
        Assert.DoesNotContain(spans.Tags, tag => tag.Key is "url.query" or "user_agent.original" or "client.address");
    }

    private sealed class Capture : BaseProcessor<Activity>
    {
        public ConcurrentQueue<KeyValuePair<string, string>> Tags { get; } = new();

        public override void OnEnd(Activity data)
        {
            foreach (var (name, value) in data.TagObjects)
                Tags.Enqueue(new(name, value?.ToString() ?? ""));
        }
    }
}

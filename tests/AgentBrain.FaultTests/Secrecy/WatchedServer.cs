using System.Text;
using AgentBrain.FaultTests.OAuth;
using AgentBrain.FaultTests.Support;

namespace AgentBrain.FaultTests.Secrecy;

/// <summary>A server that logs all that it can, on its console and to a collector, and everything that it leaves behind.</summary>
internal sealed class WatchedServer : IAsyncDisposable
{
    /// <summary>Refusals of one reason are logged five times a second; none of ours shall be left out.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(220);

    private readonly Collector _collector;
    private readonly ServerOptions _options;
    private readonly string _canary = $"canary-{Guid.NewGuid():N}";

    private WatchedServer(Collector collector, ServerOptions options, ServerProcess process) => (_collector, _options, Process) = (collector, options, process);

    public ServerProcess Process { get; }

    /// <param name="options">How to start it.</param>
    /// <param name="secrets">To which the server's key for the collector is added.</param>
    public static async Task<WatchedServer> StartAsync(ServerOptions options, Secrets secrets)
    {
        var collector = await Collector.StartAsync();
        options = Verbose(options, collector.Url).With("OTEL_EXPORTER_OTLP_HEADERS", "api-key=" + secrets.Keep("collector's key", $"key{Guid.NewGuid():N}"));
        return new WatchedServer(collector, options, await ServerProcess.StartAsync(options));
    }

    /// <summary>Sends a request, which must be answered with a status.</summary>
    public Task<Reply> SendAsync(int status, byte[] request) => SendAsync(status, status, request);

    /// <summary>Sends a request, which must be answered with one of two statuses.</summary>
    public async Task<Reply> SendAsync(int status, int orStatus, byte[] request)
    {
        await Task.Delay(Pace);
        var reply = await Deployment.SendAsync(Process, request);
        Assert.True(reply.Status == status || reply.Status == orStatus, $"{reply} instead of {status}: {reply.Body}\n{Encoding.UTF8.GetString(request)}");
        return reply;
    }

    /// <summary>Stops the server, and searches what it left behind, after showing that what is there is found.</summary>
    /// <param name="secrets">What must not be there.</param>
    /// <param name="indexed">A text that was indexed, and hence is in the data directory.</param>
    public async Task<IReadOnlyList<string>> FindAsync(Secrets secrets, string indexed)
    {
        // A host that is not allowed is one of the few texts of a caller that are logged.
        Assert.Equal(403, (await Deployment.SendAsync(Process, RawRequest.Make("POST", "/mcp", "", ("Host", _canary)))).Status);
        await _collector.AwaitAsync("logs", _canary);
        Assert.Equal(0, await Process.StopAsync());
        var output = Encoding.UTF8.GetBytes(Process.Output.Text);
        var data = await DataAsync();
        AssertFound(_canary, "the output", output);
        AssertFound(_canary, "exported logs", _collector.Of("logs"));
        AssertFound("agent_brain.authorize", "exported traces", _collector.Of("traces"));
        AssertFound("agent_brain.authorization.refusals", "exported metrics", _collector.Of("metrics"));
        AssertFound(indexed, "the data directory", data);
        return
        [
            .. secrets.FindIn("the output", output),
            .. secrets.FindIn("exported logs", _collector.Of("logs")),
            .. secrets.FindIn("exported traces", _collector.Of("traces")),
            .. secrets.FindIn("exported metrics", _collector.Of("metrics")),
            .. secrets.FindIn("the data directory", data),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        await _collector.DisposeAsync();
    }

    private static void AssertFound(string text, string where, byte[] bytes)
    {
        var canary = new Secrets();
        canary.Keep("canary", text);
        Assert.True(canary.FindIn(where, bytes).Count > 0, $"{text} is not in {where} ({bytes.Length} bytes), so that a search there shows nothing.");
    }

    private async Task<byte[]> DataAsync()
    {
        using var all = new MemoryStream();
        foreach (var file in Directory.EnumerateFiles(_options.Data, "*", SearchOption.AllDirectories))
            await all.WriteAsync(await File.ReadAllBytesAsync(file));

        return all.ToArray();
    }

    /// <summary>Every switch that makes a part of the server say more: by category, by provider, and by category of a provider.</summary>
    private static ServerOptions Verbose(ServerOptions options, string collector)
    {
        string[] categories =
        [
            "Default", "Microsoft", "Microsoft.AspNetCore", "Microsoft.AspNetCore.Authentication", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Hosting.Diagnostics",
            "Microsoft.AspNetCore.Routing", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Server.Kestrel.BadRequests", "Microsoft.AspNetCore.Server.Kestrel.Connections",
            "Microsoft.Extensions.Http", "Microsoft.IdentityModel", "ModelContextProtocol", "ModelContextProtocol.Server", "StackExchange.Redis", "System", "System.Net.Http", "AgentBrain",
        ];
        foreach (var prefix in new[] { "", "Console__", "OpenTelemetry__" })
        {
            foreach (var category in categories)
                options = options.With($"Logging__{prefix}LogLevel__{category}", "Trace");
        }

        return options
            .With("Logging__Console__IncludeScopes", "true")
            .With("Logging__Console__FormatterName", "json")
            .With("Logging__OpenTelemetry__IncludeScopes", "true")
            .With("Logging__OpenTelemetry__ParseStateValues", "true")
            .With("OTEL_EXPORTER_OTLP_ENDPOINT", collector)
            .With("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
            .With("OTEL_TRACES_SAMPLER", "always_on")
            .With("OTEL_BSP_SCHEDULE_DELAY", "200")
            .With("OTEL_BLRP_SCHEDULE_DELAY", "200")
            .With("OTEL_BLRP_MAX_QUEUE_SIZE", "100000")
            .With("OTEL_METRIC_EXPORT_INTERVAL", "500")
            .With("OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION", "true")
            .With("OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION", "true");
    }
}

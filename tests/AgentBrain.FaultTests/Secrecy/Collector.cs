using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentBrain.FaultTests.Secrecy;

/// <summary>A collector of telemetry (OTLP over HTTP) that keeps every byte.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, byte[] Bytes)> _received;

    private Collector(WebApplication app, ConcurrentQueue<(string Path, byte[] Bytes)> received) => (_app, _received) = (app, received);

    public string Url => _app.Urls.First();

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var received = new ConcurrentQueue<(string Path, byte[] Bytes)>();
        app.MapPost("/v1/{signal}", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            received.Enqueue((request.Path.Value!, body.ToArray()));
        });
        await app.StartAsync();
        return new Collector(app, received);
    }

    /// <summary>Everything that came for a signal: <c>logs</c>, <c>traces</c> or <c>metrics</c>.</summary>
    public byte[] Of(string signal) => [.. _received.Where(received => received.Path == "/v1/" + signal).SelectMany(received => received.Bytes)];

    /// <summary>Waits until a text came for a signal.</summary>
    public async Task AwaitAsync(string signal, string text)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!Encoding.UTF8.GetString(Of(signal)).Contains(text, StringComparison.Ordinal))
            await Task.Delay(100, limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AgentBrain.Server.Mcp;
using AgentBrain.Server.Mcp.Resources;
using AgentBrain.Server.Mcp.Subscriptions;
using AgentBrain.Server.Tests.Mcp.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.AspNetCore;

namespace AgentBrain.Server.Tests.Mcp.Subscriptions;

/// <summary>The SDK's HTTP transport on a loopback port, for both generations of clients, spoken to by a plain HTTP client.</summary>
internal sealed class HttpHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

    private HttpHost(WebApplication app) => _app = app;

    public OpenStreams Streams => _app.Services.GetRequiredService<OpenStreams>();

    public static async Task<HttpHost> StartAsync(ICallContexts contexts, bool runsSessions = true)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(contexts);
        builder.Services.AddSingleton(Limits.Standard);
        builder.Services.AddMcpServer()
            .WithHttpTransport(static options => options.SessionMode = HttpServerSessionMode.StatefulForInitializeClients)
            .AddBrainResources()
            .AddBrainSubscriptions();
        if (runsSessions)
        {
#pragma warning disable MCPEXP002 // The only hook that knows when a session ends.
            builder.Services.AddOptions<HttpServerTransportOptions>().Configure<ClientSessions>(static (options, sessions) =>
                options.RunSessionHandler = (_, server, cancellationToken) => sessions.RunAsync(server, cancellationToken));
#pragma warning restore MCPEXP002
        }

        var app = builder.Build();
        app.MapMcp("/mcp");
        await app.StartAsync();
        return new HttpHost(app);
    }

    /// <summary>Posts a request of 2026-07-28.</summary>
    public Task<SseResponse> PostAsync(string method, JsonObject parameters, string id = "1")
    {
        parameters["_meta"] = WireClient.Meta();
        return SendAsync(HttpMethod.Post, Request(method, parameters, id), WireClient.Modern, ("Mcp-Method", method));
    }

    /// <summary>Posts a request, or a notification if the id is null, of an older client.</summary>
    public Task<SseResponse> PostAsync(string? session, string method, JsonObject parameters, string? id = "1") =>
        SendAsync(HttpMethod.Post, Request(method, parameters, id), WireClient.Legacy, ("Mcp-Session-Id", session));

    public Task<SseResponse> GetAsync(string session) => SendAsync(HttpMethod.Get, null, WireClient.Legacy, ("Mcp-Session-Id", session));

    public async Task DeleteAsync(string session) =>
        (await SendAsync(HttpMethod.Delete, null, WireClient.Legacy, ("Mcp-Session-Id", session))).Dispose();

    public async Task<string> InitializeAsync()
    {
        using var response = await PostAsync(null, "initialize", new JsonObject
        {
            ["protocolVersion"] = WireClient.Legacy,
            ["capabilities"] = new JsonObject(),
            ["clientInfo"] = new JsonObject { ["name"] = "test", ["version"] = "1" },
        });
        var session = response.Header("Mcp-Session-Id");
        (await PostAsync(session, "notifications/initialized", [], null)).Dispose();
        return session;
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    private static JsonObject Request(string method, JsonObject parameters, string? id)
    {
        var request = new JsonObject { ["jsonrpc"] = "2.0", ["method"] = method, ["params"] = parameters };
        if (id is not null)
        {
            request["id"] = id;
        }

        return request;
    }

    private async Task<SseResponse> SendAsync(HttpMethod method, JsonObject? body, string version, params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, _app.Urls.First() + "/mcp");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        request.Headers.Add("MCP-Protocol-Version", version);
        foreach (var (name, value) in headers)
        {
            if (value is not null)
            {
                request.Headers.Add(name, value);
            }
        }

        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        return new SseResponse(await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
    }
}

/// <summary>A response as a stream of server-sent events. Disposing it closes the connection.</summary>
internal sealed class SseResponse(HttpResponseMessage response) : IDisposable
{
    private StreamReader? _lines;

    public int Status => (int)response.StatusCode;

    public string Header(string name) => response.Headers.GetValues(name).Single();

    /// <summary>The next message; null at the end of the stream.</summary>
    public async Task<JsonObject?> ReadAsync()
    {
        _lines ??= new StreamReader(await response.Content.ReadAsStreamAsync());
        while (await _lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20)) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal) && line.Length > 6)
            {
                return JsonNode.Parse(line[6..])!.AsObject();
            }
        }

        return null;
    }

    public void Dispose()
    {
        _lines?.Dispose();
        response.Dispose();
    }
}

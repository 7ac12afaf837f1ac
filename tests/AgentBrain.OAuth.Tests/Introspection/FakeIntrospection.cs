using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AgentBrain.OAuth.Introspection;
using AgentBrain.OAuth.Issuers;
using AgentBrain.OAuth.Tests.Tokens;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentBrain.OAuth.Tests.Introspection;

/// <summary>An introspection endpoint.</summary>
internal sealed class FakeIntrospection : HttpMessageHandler
{
    public static readonly IssuerSettings Settings = Claims.Settings with
    {
        Introspection = new IntrospectionSettings(new Uri("https://issuer.example/introspect"), "brain:1", "s3cret+/ %"),
    };

    public ConcurrentQueue<(string Body, HttpRequestMessage Request)> Questions { get; } = new();

    public Func<HttpResponseMessage> Answer { get; set; } = () => Json(Active());

    /// <summary>When set, answers wait for it.</summary>
    public TaskCompletionSource? Gate { get; set; }

    public static JsonObject Active() => With("active", true);

    public static JsonObject With(string name, JsonNode? value)
    {
        var claims = Claims.Good();
        claims["active"] = true;
        claims[name] = value;
        return claims;
    }

    public static HttpResponseMessage Json(JsonObject json) => Text(json.ToJsonString());

    public static HttpResponseMessage Text(string text) => new(HttpStatusCode.OK) { Content = new StringContent(text, Encoding.UTF8, "application/json") };

    public IntrospectionClient Client(TimeProvider clock, IssuerSettings? settings = null, TokenBuckets? buckets = null, int capacity = 100) => new(
        settings ?? Settings, new IssuerHttp(new HttpMessageInvoker(this), clock), buckets ?? new TokenBuckets(clock, 1_000_000, TimeSpan.FromMilliseconds(1), 100), clock, NullLogger<IntrospectionClient>.Instance, capacity);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Questions.Enqueue((await request.Content!.ReadAsStringAsync(cancellationToken), request));
        if (Gate is { } gate)
            await gate.Task.WaitAsync(cancellationToken);

        return Answer();
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using AgentBrain.OAuth.Issuers;
using AgentBrain.OAuth.Tests.Tokens;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentBrain.OAuth.Tests.Issuers;

/// <summary>An authorization server, as far as its metadata and keys: it can be down, slow, strange, and can rotate its keys.</summary>
internal sealed class FakeIssuer : HttpMessageHandler
{
    public const string JwksPath = "/realm/jwks";
    private readonly ConcurrentQueue<Uri> _requests = new();

    public FakeIssuer(params Signer[] keys)
    {
        Keys = keys;
        Answers["/.well-known/oauth-authorization-server/realm"] = () => Json(Metadata(Claims.Issuer));
        Answers[JwksPath] = () => Json(Signer.Jwks(Keys));
    }

    public Signer[] Keys { get; set; }

    public bool IsDown { get; set; }

    /// <summary>When set, answers wait for it.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>How long each answer takes.</summary>
    public Func<CancellationToken, Task>? Delay { get; set; }

    public ConcurrentDictionary<string, Func<HttpResponseMessage>> Answers { get; } = new(StringComparer.Ordinal);

    public IEnumerable<string> Paths => _requests.Select(uri => uri.AbsolutePath);

    public int Fetches => Paths.Count(path => path == JwksPath);

    public static string Metadata(string issuer, string jwksUri = "https://issuer.example" + JwksPath) => JsonSerializer.Serialize(new { issuer, jwks_uri = jwksUri });

    public static HttpResponseMessage Json(string json) => new(HttpStatusCode.OK) { Content = new StringContent(json, Encoding.UTF8, "application/json") };

    public IssuerKeys KeysOf(TimeProvider clock, IssuerSettings? settings = null, ILogger<IssuerKeys>? log = null) =>
        new(settings ?? Claims.Settings, new IssuerHttp(new HttpMessageInvoker(this), clock), clock, log ?? NullLogger<IssuerKeys>.Instance);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _requests.Enqueue(request.RequestUri!);
        if (Gate is { } gate)
            await gate.Task.WaitAsync(cancellationToken);

        if (Delay is { } delay)
            await delay(cancellationToken);

        if (IsDown)
            throw new HttpRequestException("Connection refused");

        var response = Answers.TryGetValue(request.RequestUri!.AbsolutePath, out var answer) ? answer() : new HttpResponseMessage(HttpStatusCode.NotFound);
        response.RequestMessage ??= request;
        return response;
    }
}

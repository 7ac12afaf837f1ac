using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.IdentityModel.Tokens;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>A client's half of RFC 9449: a key, and proofs that a test can bend.</summary>
internal sealed class TestClient : IDisposable
{
    public SigningKey Key { get; init; } = SigningKey.EllipticCurve("proof");

    /// <summary>Binds a token to the key.</summary>
    public void Bind(JsonObject claims) => claims["cnf"] = new JsonObject { ["jkt"] = Key.Thumbprint };

    /// <summary>A good proof for a request, with changes.</summary>
    public string Proof(string token, string uri, string method = "POST", Action<JsonObject>? claims = null, Action<JsonObject>? header = null, Func<byte[], byte[]>? sign = null)
    {
        var jwk = Key.Public();
        foreach (var name in new[] { "kid", "use", "alg" })
            jwk.Remove(name);

        var head = new JsonObject { ["typ"] = "dpop+jwt", ["alg"] = Key.Algorithm, ["jwk"] = jwk };
        var body = new JsonObject
        {
            ["jti"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), ["htm"] = method, ["htu"] = uri,
            ["iat"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), ["ath"] = Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(token))),
        };
        header?.Invoke(head);
        claims?.Invoke(body);
        return Jws.Sign(head, body, sign ?? Key.Sign);
    }

    public void Dispose() => Key.Dispose();
}

/// <summary>Requests with tokens.</summary>
internal static class TokenRequests
{
    /// <summary>A POST to an MCP endpoint.</summary>
    public static HttpRequestMessage Post(string uri, string body, string? authorization, string? proof = null, string? session = null, string? version = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        TestBrain.Complete(request, session, version);
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (proof is not null)
            request.Headers.TryAddWithoutValidation("DPoP", proof);
        return request;
    }

    /// <summary>Adds the headers that the newest revision asks for.</summary>
    public static HttpRequestMessage Modern(this HttpRequestMessage request, string method, string? name = null)
    {
        request.Headers.TryAddWithoutValidation("Mcp-Method", method);
        if (name is not null)
            request.Headers.TryAddWithoutValidation("Mcp-Name", name);
        return request;
    }
}

using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>
/// An authorization server as far as a resource server sees one: metadata, keys, introspection, over real HTTP on loopback. It signs
/// whatever a test asks it to, with no library that the server uses to verify.
/// </summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, JsonObject> answers = new(StringComparer.Ordinal);

    private TestIssuer(WebApplication app, SigningKey key)
    {
        this.app = app;
        Keys = [key];
    }

    public string Url => app.Urls.First();

    /// <summary>The keys that it publishes; the last one signs.</summary>
    public List<SigningKey> Keys { get; set; }

    /// <summary>Requests for keys and for answers so far.</summary>
    public int KeyRequests => keyRequests;

    public int Questions => questions;

    /// <summary>When set, everything is answered with this status.</summary>
    public int? Failure { get; set; }

    /// <summary>When set, answers about tokens wait for it.</summary>
    public Task? Hold { get; set; }

    /// <summary>The request lines, headers and queries that came in.</summary>
    public ConcurrentQueue<string> Received { get; } = [];

    private int keyRequests;
    private int questions;

    public static async Task<TestIssuer> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Logging.ClearProviders();
        var built = builder.Build();
        var issuer = new TestIssuer(built, SigningKey.EllipticCurve("first"));
        built.Use((context, next) =>
        {
            issuer.Received.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {string.Join(", ", context.Request.Headers.Select(static header => $"{header.Key}: {header.Value}"))}");
            return next(context);
        });
        built.MapGet("/.well-known/oauth-authorization-server", () => issuer.Answer(new JsonObject { ["issuer"] = issuer.Url, ["jwks_uri"] = issuer.Url + "/jwks" }));
        built.MapGet("/jwks", () =>
        {
            Interlocked.Increment(ref issuer.keyRequests);
            return issuer.Answer(new JsonObject { ["keys"] = new JsonArray([.. issuer.Keys.Select(key => key.Public())]) });
        });
        built.MapPost("/introspect", async (HttpRequest request) =>
        {
            Interlocked.Increment(ref issuer.questions);
            var form = await request.ReadFormAsync();
            await (issuer.Hold ?? Task.CompletedTask);
            return issuer.Answer(issuer.answers.TryGetValue(form["token"].ToString(), out var answer) ? answer.DeepClone().AsObject() : new JsonObject { ["active"] = false });
        });
        await built.StartAsync();
        return issuer;
    }

    /// <summary>A good access token of alice for a resource, with changes.</summary>
    /// <param name="resource">The audience.</param>
    /// <param name="scope">What was granted.</param>
    /// <param name="claims">Changes the claims.</param>
    /// <param name="header">Changes the header.</param>
    /// <param name="key">The key that signs; by default the last one.</param>
    public string Token(string resource, string scope = "agent-brain:read", Action<JsonObject>? claims = null, Action<JsonObject>? header = null, SigningKey? key = null)
    {
        key ??= Keys[^1];
        var head = new JsonObject { ["alg"] = key.Algorithm, ["typ"] = "at+jwt", ["kid"] = key.Id };
        var body = Claims(resource, scope);
        header?.Invoke(head);
        claims?.Invoke(body);
        return Jws.Sign(head, body, key.Sign);
    }

    /// <summary>An opaque token, about which it answers as a test says.</summary>
    public string Opaque(string resource, string scope = "agent-brain:read", Action<JsonObject>? claims = null)
    {
        var answer = Claims(resource, scope);
        answer["active"] = true;
        claims?.Invoke(answer);
        var token = "opaque" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        answers[token] = answer;
        return token;
    }

    /// <summary>From now on the token is not active.</summary>
    public void Revoke(string token) => answers.TryRemove(token, out _);

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        foreach (var key in Keys)
            key.Dispose();
    }

    private JsonObject Claims(string resource, string scope)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return new JsonObject
        {
            ["iss"] = Url, ["sub"] = "alice", ["client_id"] = "client", ["aud"] = resource, ["scope"] = scope,
            ["iat"] = now, ["exp"] = now + 600, ["jti"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)),
        };
    }

    private IResult Answer(JsonObject answer) => Failure is { } status ? Results.StatusCode(status) : Results.Text(answer.ToJsonString(), "application/json", Encoding.UTF8);
}

/// <summary>A key pair of an issuer or of a client.</summary>
internal sealed class SigningKey(string id, string algorithm, AsymmetricAlgorithm pair) : IDisposable
{
    public string Id => id;

    public string Algorithm => algorithm;

    public AsymmetricAlgorithm Pair => pair;

    /// <summary>RFC 7638, with SHA-256.</summary>
    public string Thumbprint => Base64UrlEncoder.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(
        pair is ECDsa ? $$"""{"crv":"{{Public()["crv"]}}","kty":"EC","x":"{{Public()["x"]}}","y":"{{Public()["y"]}}"}""" : $$"""{"e":"{{Public()["e"]}}","kty":"RSA","n":"{{Public()["n"]}}"}""")));

    public static SigningKey EllipticCurve(string id, string algorithm = "ES256") =>
        new(id, algorithm, ECDsa.Create(algorithm == "ES384" ? ECCurve.NamedCurves.nistP384 : ECCurve.NamedCurves.nistP256));

    public static SigningKey Rsa(string id, string algorithm = "RS256", int bits = 2048) => new(id, algorithm, RSA.Create(bits));

    public byte[] Sign(byte[] data)
    {
        var hash = algorithm.EndsWith("384", StringComparison.Ordinal) ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;
        return pair is ECDsa ecdsa
            ? ecdsa.SignData(data, hash)
            : ((RSA)pair).SignData(data, hash, algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
    }

    /// <summary>The public key as a JWK (RFC 7517).</summary>
    public JsonObject Public()
    {
        var jwk = new JsonObject { ["kid"] = id, ["use"] = "sig", ["alg"] = algorithm };
        if (pair is ECDsa ecdsa)
        {
            var point = ecdsa.ExportParameters(includePrivateParameters: false);
            (jwk["kty"], jwk["crv"]) = ("EC", algorithm == "ES384" ? "P-384" : "P-256");
            (jwk["x"], jwk["y"]) = (Base64UrlEncoder.Encode(point.Q.X), Base64UrlEncoder.Encode(point.Q.Y));
        }
        else
        {
            var rsa = ((RSA)pair).ExportParameters(includePrivateParameters: false);
            (jwk["kty"], jwk["n"], jwk["e"]) = ("RSA", Base64UrlEncoder.Encode(rsa.Modulus), Base64UrlEncoder.Encode(rsa.Exponent));
        }

        return jwk;
    }

    public void Dispose() => pair.Dispose();
}

/// <summary>Signed JSON in compact form (RFC 7515 §7.1).</summary>
internal static class Jws
{
    public static string Sign(JsonNode header, JsonNode payload, Func<byte[], byte[]> sign)
    {
        var input = Encode(header) + "." + Encode(payload);
        return input + "." + Base64UrlEncoder.Encode(sign(Encoding.ASCII.GetBytes(input)));
    }

    private static string Encode(JsonNode json) => Base64UrlEncoder.Encode(Encoding.UTF8.GetBytes(json.ToJsonString(new JsonSerializerOptions())));
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentBrain.Bench.Authorization;

/// <summary>An authorization server as far as a resource server sees one: metadata and keys over HTTP on loopback. It signs tokens in bulk.</summary>
internal sealed class BenchIssuer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ECDsa _curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RSA _rsa = RSA.Create(2048);

    private BenchIssuer(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    public static async Task<BenchIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var issuer = new BenchIssuer(app);
        app.MapGet("/.well-known/oauth-authorization-server", () => Json($$"""{"issuer":"{{issuer.Url}}","jwks_uri":"{{issuer.Url}}/jwks"}"""));
        app.MapGet("/jwks", () => Json(issuer.Keys()));
        await app.StartAsync();
        return issuer;
    }

    /// <summary>Another access token with every call, for an hour.</summary>
    /// <param name="audience">The resource.</param>
    /// <param name="isRsa">RS256 instead of ES256.</param>
    /// <param name="thumbprint">The key that it is bound to.</param>
    public string Token(string audience, bool isRsa = false, string? thumbprint = null)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var header = isRsa ? """{"alg":"RS256","typ":"at+jwt","kid":"rsa"}""" : """{"alg":"ES256","typ":"at+jwt","kid":"curve"}""";
        var bound = thumbprint is null ? "" : $$$""","cnf":{"jkt":"{{{thumbprint}}}"}""";
        var claims = $$"""{"iss":"{{Url}}","sub":"alice","client_id":"bench","aud":"{{audience}}","scope":"agent-brain:read","iat":{{now}},"exp":{{now + 3600}},"jti":"{{NewId()}}"{{bound}}}""";
        return isRsa
            ? Jws(header, claims, bytes => _rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
            : Jws(header, claims, bytes => _curve.SignData(bytes, HashAlgorithmName.SHA256));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _curve.Dispose();
        _rsa.Dispose();
    }

    /// <summary>Signed JSON in compact form (RFC 7515 §7.1).</summary>
    public static string Jws(string header, string claims, Func<byte[], byte[]> sign)
    {
        var signed = $"{Encode(header)}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private static IResult Json(string text) => Results.Text(text, "application/json", Encoding.UTF8);

    private string Keys()
    {
        var point = _curve.ExportParameters(includePrivateParameters: false).Q;
        var rsa = _rsa.ExportParameters(includePrivateParameters: false);
        return $$"""
            {"keys":[
            {"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":"curve","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"},
            {"kty":"RSA","use":"sig","alg":"RS256","kid":"rsa","n":"{{Base64Url.EncodeToString(rsa.Modulus)}}","e":"{{Base64Url.EncodeToString(rsa.Exponent)}}"}]}
            """;
    }
}

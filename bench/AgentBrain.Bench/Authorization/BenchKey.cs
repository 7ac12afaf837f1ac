using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace AgentBrain.Bench.Authorization;

/// <summary>A client's key, with the token that is bound to it.</summary>
internal sealed class BenchKey : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly string _header;
    private readonly string _target;
    private readonly string _tokenHash;

    public BenchKey(BenchIssuer issuer, string target)
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        var jwk = $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}""";
        _header = $$"""{"typ":"dpop+jwt","alg":"ES256","jwk":{{jwk}}}""";
        _target = target;
        Token = issuer.Token(target, thumbprint: Hash(jwk));
        _tokenHash = Hash(Token);
    }

    /// <summary>The token.</summary>
    public string Token { get; }

    /// <summary>A proof for one POST (RFC 9449 §4.2).</summary>
    public string Proof() => BenchIssuer.Jws(
        _header,
        $$"""{"jti":"{{BenchIssuer.NewId()}}","htm":"POST","htu":"{{_target}}","iat":{{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}},"ath":"{{_tokenHash}}"}""",
        bytes => _key.SignData(bytes, HashAlgorithmName.SHA256));

    public void Dispose() => _key.Dispose();

    private static string Hash(string text) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(text)));
}

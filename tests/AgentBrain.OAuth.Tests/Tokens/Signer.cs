using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentBrain.OAuth.Tests.Tokens;

/// <summary>A key pair of an authorization server: signs tokens, and has the JWK that it would publish.</summary>
internal sealed class Signer
{
    private readonly Func<byte[], byte[]> _sign;

    private Signer(string kid, string algorithm, JsonObject jwk, Func<byte[], byte[]> sign)
    {
        (Kid, Algorithm, _sign) = (kid, algorithm, sign);
        Jwk = jwk;
        Jwk["kid"] = kid;
    }

    public string Kid { get; }

    public string Algorithm { get; }

    public JsonObject Jwk { get; }

    public static Signer Rsa(string kid, string algorithm = "RS256", int bits = 2048)
    {
        var key = RSA.Create(bits);
        var parts = key.ExportParameters(false);
        var padding = algorithm.StartsWith("PS", StringComparison.Ordinal) ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        return new Signer(kid, algorithm, new JsonObject { ["kty"] = "RSA", ["n"] = Encode(parts.Modulus!), ["e"] = Encode(parts.Exponent!) }, data => key.SignData(data, HashAlgorithmName.SHA256, padding));
    }

    public static Signer Ec(string kid, string algorithm = "ES256")
    {
        var (curve, name, hash) = algorithm == "ES256" ? (ECCurve.NamedCurves.nistP256, "P-256", HashAlgorithmName.SHA256) : (ECCurve.NamedCurves.nistP384, "P-384", HashAlgorithmName.SHA384);
        var key = ECDsa.Create(curve);
        var point = key.ExportParameters(false).Q;
        return new Signer(kid, algorithm, new JsonObject { ["kty"] = "EC", ["crv"] = name, ["x"] = Encode(point.X!), ["y"] = Encode(point.Y!) }, data => key.SignData(data, hash));
    }

    /// <summary>Signs with a secret: what a forger does who hopes that the public key is taken for one.</summary>
    public static Signer Hmac(string kid, byte[] secret) => new(kid, "HS256", [], data => HMACSHA256.HashData(secret, data));

    public static Signer None(string kid) => new(kid, "none", [], _ => []);

    public string Sign(JsonObject claims, Action<JsonObject>? changeHeader = null)
    {
        var header = new JsonObject { ["alg"] = Algorithm, ["typ"] = "at+jwt", ["kid"] = Kid };
        changeHeader?.Invoke(header);
        return Sign(header.ToJsonString(), claims.ToJsonString());
    }

    public string Sign(string header, string payload)
    {
        var input = $"{Encode(header)}.{Encode(payload)}";
        return $"{input}.{Encode(_sign(Encoding.ASCII.GetBytes(input)))}";
    }

    public static string Encode(string text) => Encode(Encoding.UTF8.GetBytes(text));

    public static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    public static string Jwks(params IEnumerable<Signer> signers) =>
        JsonSerializer.Serialize(new { keys = signers.Select(signer => signer.Jwk) });
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace AgentBrain.OAuth.Tests.Dpop;

/// <summary>A client's key, and proofs made with it, right or wrong as a test needs them.</summary>
internal sealed class ProofMaker : IDisposable
{
    /// <summary>Made once: it takes a second, and no test needs two.</summary>
    private static readonly Lazy<RSAParameters> RsaKey = new(() =>
    {
        using var rsa = RSA.Create(2048);
        return rsa.ExportParameters(true);
    });

    private readonly AsymmetricAlgorithm _key;

    private ProofMaker(string algorithm, AsymmetricAlgorithm key)
    {
        Algorithm = algorithm;
        _key = key;
    }

    public string Algorithm { get; }

    public string Thumbprint => Encode(SHA256.HashData(Encoding.UTF8.GetBytes(
        new JsonObject(Jwk().OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))).ToJsonString())));

    public static ProofMaker Create(string algorithm) => new(algorithm, algorithm switch
    {
        "ES256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
        "ES384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
        "ES512" => ECDsa.Create(ECCurve.NamedCurves.nistP521),
        _ => RSA.Create(RsaKey.Value),
    });

    public static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    public static string Encode(string text) => Encode(Encoding.UTF8.GetBytes(text));

    public JsonObject Jwk()
    {
        if (_key is RSA rsa)
        {
            var numbers = rsa.ExportParameters(false);
            return new JsonObject { ["kty"] = "RSA", ["n"] = Encode(numbers.Modulus), ["e"] = Encode(numbers.Exponent) };
        }

        var point = ((ECDsa)_key).ExportParameters(false).Q;
        var curve = Algorithm switch { "ES256" => "P-256", "ES384" => "P-384", _ => "P-521" };
        return new JsonObject { ["kty"] = "EC", ["crv"] = curve, ["x"] = Encode(point.X), ["y"] = Encode(point.Y) };
    }

    public JsonObject Header() => new() { ["typ"] = "dpop+jwt", ["alg"] = Algorithm, ["jwk"] = Jwk() };

    public static JsonObject Claims(string method, string target, DateTimeOffset issuedAt, string? token = null, string? nonce = null)
    {
        var claims = new JsonObject
        {
            ["jti"] = Guid.NewGuid().ToString("N"),
            ["htm"] = method,
            ["htu"] = target,
            ["iat"] = issuedAt.ToUnixTimeSeconds(),
        };
        if (token is not null)
            claims["ath"] = Encode(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
        if (nonce is not null)
            claims["nonce"] = nonce;
        return claims;
    }

    public string Sign(JsonNode header, JsonNode claims) => Sign(header.ToJsonString(), claims.ToJsonString());

    public string Sign(string header, string claims) => SignText($"{Encode(header)}.{Encode(claims)}");

    public string Sign(byte[] header, byte[] claims) => SignText($"{Encode(header)}.{Encode(claims)}");

    public string SignText(string signed) => $"{signed}.{Encode(SignBytes(Encoding.ASCII.GetBytes(signed)))}";

    public void Dispose() => _key.Dispose();

    private byte[] SignBytes(byte[] bytes)
    {
        var hash = new HashAlgorithmName("SHA" + Algorithm[2..]);
        return _key is RSA rsa
            ? rsa.SignData(bytes, hash, Algorithm.StartsWith('P') ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1)
            : ((ECDsa)_key).SignData(bytes, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }
}

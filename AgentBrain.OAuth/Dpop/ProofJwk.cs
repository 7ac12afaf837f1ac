using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AgentBrain.OAuth.Dpop;

/// <summary>
/// The public key in a proof's header (RFC 7517, RFC 7518 §6), read member by member and held to its bounds before any cryptography
/// sees it. Only what makes the key is read: names, certificates and addresses in it say nothing that we could believe.
/// </summary>
internal sealed class ProofJwk
{
    private const int MinModulusBits = 2048;
    private const int MaxModulusBits = 4096;
    private const int MaxExponentBytes = 4;

    /// <summary>Members of private and symmetric keys (RFC 9449 §4.3, number 7).</summary>
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    private readonly ProofAlgorithm _algorithm;
    private readonly byte[] _first;
    private readonly byte[] _second;

    private ProofJwk(ProofAlgorithm algorithm, byte[] first, byte[] second, string canonical)
    {
        _algorithm = algorithm;
        _first = first;
        _second = second;
        Thumbprint = Base64UrlText.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
    }

    /// <summary>RFC 7638 §3 with SHA-256, base64url.</summary>
    public string Thumbprint { get; }

    /// <summary>Reads the key; <c>null</c> when it is not a public key for the algorithm, within bounds.</summary>
    public static ProofJwk? Read(JsonElement jwk, ProofAlgorithm algorithm)
    {
        if (jwk.ValueKind != JsonValueKind.Object || PrivateMembers.Any(name => jwk.TryGetProperty(name, out _)))
            return null;

        if (jwk.TryGetProperty("alg", out _) && ProofText.ReadString(jwk, "alg") != algorithm.Name)
            return null;

        return algorithm.Curve is null ? ReadRsa(jwk, algorithm) : ReadEllipticCurve(jwk, algorithm);
    }

    /// <summary>Makes the key; <c>null</c> when it is none, such as a point that is not on the curve.</summary>
    public ProofKey? Import()
    {
        try
        {
            return new ProofKey(Thumbprint, _algorithm, _algorithm.Curve is null ? ImportRsa() : ImportEllipticCurve());
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static ProofJwk? ReadEllipticCurve(JsonElement jwk, ProofAlgorithm algorithm)
    {
        var size = algorithm.Curve switch { "P-256" => 32, "P-384" => 48, _ => 66 };
        if (ProofText.ReadString(jwk, "kty") != "EC" || ProofText.ReadString(jwk, "crv") != algorithm.Curve)
            return null;

        var x = ReadBytes(jwk, "x", size);
        var y = ReadBytes(jwk, "y", size);
        return x?.Length == size && y?.Length == size
            ? new ProofJwk(algorithm, x, y, $$"""{"crv":"{{algorithm.Curve}}","kty":"EC","x":"{{Base64UrlText.Encode(x)}}","y":"{{Base64UrlText.Encode(y)}}"}""")
            : null;
    }

    private static ProofJwk? ReadRsa(JsonElement jwk, ProofAlgorithm algorithm)
    {
        if (ProofText.ReadString(jwk, "kty") != "RSA")
            return null;

        var modulus = ReadBytes(jwk, "n", MaxModulusBits / 8);
        var exponent = ReadBytes(jwk, "e", MaxExponentBytes);
        return modulus is not null && exponent is not null && IsModulus(modulus) && IsExponent(exponent)
            ? new ProofJwk(algorithm, modulus, exponent, $$"""{"e":"{{Base64UrlText.Encode(exponent)}}","kty":"RSA","n":"{{Base64UrlText.Encode(modulus)}}"}""")
            : null;
    }

    /// <summary>Of the right size, odd, and without leading zeros (RFC 7518 §6.3.1.1), so that a key has one thumbprint.</summary>
    private static bool IsModulus(byte[] bytes) =>
        bytes is [not 0, ..] && (bytes.Length * 8) - BitOperations.LeadingZeroCount((uint)bytes[0]) + 24 is >= MinModulusBits and <= MaxModulusBits && (bytes[^1] & 1) == 1;

    private static bool IsExponent(byte[] bytes) => bytes is [not 0, ..] && (bytes[^1] & 1) == 1 && bytes is not [1];

    private static byte[]? ReadBytes(JsonElement jwk, string name, int most) =>
        ProofText.ReadString(jwk, name) is { Length: > 0 } text && text.Length <= ((most * 4) + 2) / 3 && Base64UrlText.TryDecode(text, out var bytes) ? bytes : null;

    private ECDsa ImportEllipticCurve() => ECDsa.Create(new ECParameters
    {
        Curve = _algorithm.Curve switch
        {
            "P-256" => ECCurve.NamedCurves.nistP256,
            "P-384" => ECCurve.NamedCurves.nistP384,
            _ => ECCurve.NamedCurves.nistP521,
        },
        Q = new ECPoint { X = _first, Y = _second },
    });

    private RSA ImportRsa() => RSA.Create(new RSAParameters { Modulus = _first, Exponent = _second });
}

using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace AgentBrain.Server.AuthorizationServer.Keys;

/// <summary>A P-256 key in memory. Both forms are the same objects for as long as it lives, since the platform keeps things by them.</summary>
internal sealed class SigningKeyPair
{
    private SigningKeyPair(ECDsa pair)
    {
        Signing = new ECDsaSecurityKey(pair);
        Id = Base64UrlEncoder.Encode(Signing.ComputeJwkThumbprint());
        Signing.KeyId = Id;
        var point = pair.ExportParameters(includePrivateParameters: false).Q;
        Verifying = new JsonWebKey
        {
            Kty = JsonWebAlgorithmsKeyTypes.EllipticCurve,
            Crv = JsonWebKeyECTypes.P256,
            X = Base64UrlEncoder.Encode(point.X),
            Y = Base64UrlEncoder.Encode(point.Y),
            Kid = Id,
        };
    }

    /// <summary>Its <c>kid</c>: the RFC 7638 thumbprint.</summary>
    public string Id { get; }

    /// <summary>The pair, to sign with.</summary>
    public ECDsaSecurityKey Signing { get; }

    /// <summary>The public part alone, to verify with.</summary>
    public JsonWebKey Verifying { get; }

    /// <summary>Makes a new key.</summary>
    public static SigningKeyPair Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads a key.</summary>
    /// <param name="pkcs8">What <see cref="Export"/> wrote.</param>
    /// <exception cref="CryptographicException">It is none.</exception>
    public static SigningKeyPair Import(ReadOnlySpan<byte> pkcs8)
    {
        var pair = ECDsa.Create();
        try
        {
            pair.ImportPkcs8PrivateKey(pkcs8, out _);
            return new SigningKeyPair(pair);
        }
        catch
        {
            pair.Dispose();
            throw;
        }
    }

    /// <summary>The private key (PKCS #8), in the clear.</summary>
    public byte[] Export() => Signing.ECDsa.ExportPkcs8PrivateKey();
}

using System.Collections.Frozen;
using System.Security.Cryptography;

namespace AgentBrain.OAuth.Dpop;

/// <summary>A signature algorithm of JOSE (RFC 7518 §3.1) that a proof may use, and the one kind of key that goes with it.</summary>
/// <param name="Name">The value of <c>alg</c>.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Padding">Its padding; <c>null</c> for ECDSA.</param>
/// <param name="Curve">The name of its curve (<c>crv</c>); <c>null</c> for RSA.</param>
internal sealed record ProofAlgorithm(string Name, HashAlgorithmName Hash, RSASignaturePadding? Padding, string? Curve)
{
    private static readonly FrozenDictionary<string, ProofAlgorithm> Known = new ProofAlgorithm[]
    {
        new("ES256", HashAlgorithmName.SHA256, null, "P-256"),
        new("ES384", HashAlgorithmName.SHA384, null, "P-384"),
        new("ES512", HashAlgorithmName.SHA512, null, "P-521"),
        new("PS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pss, null),
        new("PS384", HashAlgorithmName.SHA384, RSASignaturePadding.Pss, null),
        new("PS512", HashAlgorithmName.SHA512, RSASignaturePadding.Pss, null),
        new("RS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1, null),
        new("RS384", HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1, null),
        new("RS512", HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1, null),
    }.ToFrozenDictionary(algorithm => algorithm.Name, StringComparer.Ordinal);

    /// <summary>The algorithms of these names, all of them asymmetric.</summary>
    /// <exception cref="ArgumentException">A name is not known.</exception>
    public static FrozenDictionary<string, ProofAlgorithm> Select(IEnumerable<string> names) => names
        .Select(name => Known.GetValueOrDefault(name) ?? throw new ArgumentException($"'{name}' is no algorithm for DPoP proofs; known are {string.Join(", ", Known.Keys.Order(StringComparer.Ordinal))}.", nameof(names)))
        .ToFrozenDictionary(algorithm => algorithm.Name, StringComparer.Ordinal);
}

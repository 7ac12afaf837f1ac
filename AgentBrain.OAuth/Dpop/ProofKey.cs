using System.Security.Cryptography;

namespace AgentBrain.OAuth.Dpop;

/// <summary>
/// A public key, ready to verify with one algorithm. One verification at a time: the platform does not promise that its keys are safe
/// to share, and so a key is not disposed under a verification.
/// </summary>
internal sealed class ProofKey(string thumbprint, ProofAlgorithm algorithm, AsymmetricAlgorithm key) : IDisposable
{
    private readonly Lock _gate = new();
    private bool _disposed;

    /// <summary>RFC 7638 with SHA-256.</summary>
    public string Thumbprint { get; } = thumbprint;

    /// <summary>The name of the only algorithm that it verifies.</summary>
    public string Algorithm => algorithm.Name;

    /// <summary>Is the signature this key's? <c>null</c> when the key was disposed meanwhile.</summary>
    public bool? Verify(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        lock (_gate)
        {
            if (_disposed)
                return null;

            try
            {
                return key switch
                {
                    ECDsa ecdsa => ecdsa.VerifyData(signed, signature, algorithm.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
                    RSA rsa => rsa.VerifyData(signed, signature, algorithm.Hash, algorithm.Padding!),
                    _ => false,
                };
            }
            catch (CryptographicException)
            {
                return false;
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            key.Dispose();
        }
    }
}

using System.Security.Cryptography;
using System.Text;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.AuthorizationServer.Keys;

/// <summary>
/// AES-256-GCM under a key of its own for each purpose, HKDF-SHA-256(key-encryption key, purpose). A sealed value is a version byte, a
/// random nonce, the ciphertext and the tag; version and purpose are bound to it, so that no value can be put in another's place.
/// </summary>
/// <param name="key">The key-encryption key, 32 bytes.</param>
internal sealed class AesSealer(byte[] key) : ISealer
{
    private const byte Version = 1;
    private const int HeadBytes = 1 + NonceBytes;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <inheritdoc/>
    public bool IsSealing => true;

    /// <inheritdoc/>
    public byte[] Seal(string purpose, ReadOnlySpan<byte> plain)
    {
        var value = new byte[HeadBytes + plain.Length + TagBytes];
        value[0] = Version;
        var nonce = value.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = CipherOf(purpose);
        aes.Encrypt(nonce, plain, value.AsSpan(HeadBytes, plain.Length), value.AsSpan(HeadBytes + plain.Length), Bound(purpose));
        return value;
    }

    /// <inheritdoc/>
    public byte[] Open(string purpose, byte[] value, bool isSealed)
    {
        if (!isSealed)
            return value;

        if (value.Length < HeadBytes + TagBytes || value[0] != Version)
            throw NotOurs();

        var plain = new byte[value.Length - HeadBytes - TagBytes];
        using var aes = CipherOf(purpose);
        try
        {
            aes.Decrypt(value.AsSpan(1, NonceBytes), value.AsSpan(HeadBytes, plain.Length), value.AsSpan(HeadBytes + plain.Length), plain, Bound(purpose));
            return plain;
        }
        catch (AuthenticationTagMismatchException exception)
        {
            throw NotOurs(exception);
        }
    }

    private static ConfigurationException NotOurs(Exception? cause = null) => new(
        $"The keys in {SettingNames.Data} were encrypted under another key than {SettingNames.KekFile} names now, or were changed; name the file that was used before, or restore a backup.", cause);

    private static byte[] Bound(string purpose) => [Version, .. Encoding.UTF8.GetBytes(purpose)];

    private AesGcm CipherOf(string purpose)
    {
        Span<byte> derived = stackalloc byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, derived, salt: [], info: Encoding.UTF8.GetBytes("agent-brain/seal/" + purpose));
        var aes = new AesGcm(derived, TagBytes);
        CryptographicOperations.ZeroMemory(derived);
        return aes;
    }
}

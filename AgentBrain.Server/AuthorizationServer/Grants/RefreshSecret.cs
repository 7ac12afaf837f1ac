using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace AgentBrain.Server.AuthorizationServer.Grants;

/// <summary>
/// A refresh token as the client has it: 256 random bits, 43 characters of base64url. By one derivation (RFC 5869) it is found, by another
/// its successor is sealed; neither leads to the other or back, so the database alone opens nothing (SR-05).
/// </summary>
internal sealed class RefreshSecret
{
    /// <summary>Bytes of a token.</summary>
    public const int Bytes = 32;

    /// <summary>Characters of a token.</summary>
    public const int Characters = 43;

    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private readonly byte[] _token;

    private RefreshSecret(byte[] token)
    {
        _token = token;
        Lookup = Base64UrlText.Encode(HKDF.DeriveKey(HashAlgorithmName.SHA256, token, Bytes, info: "rt-lookup/v1"u8.ToArray()));
    }

    /// <summary>By what it is found.</summary>
    public string Lookup { get; }

    /// <summary>The token. It goes to the client and nowhere else.</summary>
    public string Text => Base64UrlText.Encode(_token);

    /// <summary>A new one.</summary>
    public static RefreshSecret Create() => new(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Reads what a client sent; only the one spelling of 32 bytes is a token.</summary>
    public static bool TryRead(string? text, [NotNullWhen(true)] out RefreshSecret? secret)
    {
        secret = text?.Length == Characters && Base64UrlText.TryDecode(text, out var bytes) ? new RefreshSecret(bytes) : null;
        return secret is not null;
    }

    /// <summary>Seals the successor so that only who has this token can open it, and only for what it was sealed for.</summary>
    public byte[] Seal(RefreshSecret successor, SealedFor binding)
    {
        var sealedSuccessor = new byte[NonceBytes + Bytes + TagBytes];
        var (nonce, text, tag) = Split(sealedSuccessor);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(KeyFor(binding), TagBytes);
        cipher.Encrypt(nonce, successor._token, text, tag, binding.Encode());
        return sealedSuccessor;
    }

    /// <summary>Opens what <see cref="Seal"/> made; <c>null</c> when it is something else.</summary>
    public RefreshSecret? Open(byte[] sealedSuccessor, SealedFor binding)
    {
        if (sealedSuccessor.Length != NonceBytes + Bytes + TagBytes)
            return null;

        var (nonce, text, tag) = Split(sealedSuccessor);
        var token = new byte[Bytes];
        using var cipher = new AesGcm(KeyFor(binding), TagBytes);
        try
        {
            cipher.Decrypt(nonce, text, tag, token, binding.Encode());
            return new RefreshSecret(token);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static Parts Split(byte[] sealedSuccessor) =>
        new(sealedSuccessor.AsSpan(0, NonceBytes), sealedSuccessor.AsSpan(NonceBytes, Bytes), sealedSuccessor.AsSpan(NonceBytes + Bytes));

    private byte[] KeyFor(SealedFor binding) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _token, Bytes, salt: Encoding.UTF8.GetBytes(binding.TokenId), info: "rt-successor/v1"u8.ToArray());

    private readonly ref struct Parts(Span<byte> nonce, Span<byte> text, Span<byte> tag)
    {
        private readonly Span<byte> _nonce = nonce;
        private readonly Span<byte> _text = text;
        private readonly Span<byte> _tag = tag;

        public void Deconstruct(out Span<byte> nonce, out Span<byte> text, out Span<byte> tag)
        {
            nonce = _nonce;
            text = _text;
            tag = _tag;
        }
    }
}

/// <summary>What a sealed successor belongs to: moved to another row, grant, client or key, or past its time, it does not open.</summary>
/// <param name="GrantId">The grant.</param>
/// <param name="ClientId">The client.</param>
/// <param name="KeyThumbprint">The key that the successor is bound to.</param>
/// <param name="TokenId">The row of the token that was redeemed.</param>
/// <param name="NotAfter">The end of the leeway.</param>
internal sealed record SealedFor(string GrantId, string ClientId, string? KeyThumbprint, string TokenId, DateTimeOffset NotAfter)
{
    /// <summary>All of it as bytes; each part with its length, so that no two look alike.</summary>
    public byte[] Encode()
    {
        using var bytes = new MemoryStream();
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (var part in (ReadOnlySpan<string>)[GrantId, ClientId, KeyThumbprint ?? "", TokenId])
        {
            var text = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt64BigEndian(number, text.Length);
            bytes.Write(number);
            bytes.Write(text);
        }

        BinaryPrimitives.WriteInt64BigEndian(number, NotAfter.ToUnixTimeMilliseconds());
        bytes.Write(number);
        return bytes.ToArray();
    }
}

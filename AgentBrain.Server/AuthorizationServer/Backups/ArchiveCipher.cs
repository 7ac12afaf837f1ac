using System.Buffers.Binary;
using System.Security.Cryptography;

namespace AgentBrain.Server.AuthorizationServer.Backups;

/// <summary>
/// Encrypts an archive piece by piece (AES-256-GCM). A piece's nonce is its number and whether it is the last, and every piece is
/// authenticated together with the header: pieces cannot be reordered, left out, cut off behind, or taken from another archive.
/// </summary>
internal sealed class ArchiveCipher(ArchiveHeader header) : IDisposable
{
    /// <summary>Bytes of a piece before it is encrypted; the last may have fewer.</summary>
    public const int PieceLength = 256 * 1024;

    /// <summary>What encryption adds to a piece.</summary>
    public const int TagLength = 16;

    private readonly AesGcm _aes = new(header.Key, TagLength);
    private ulong _number;

    /// <summary>Encrypts the next piece.</summary>
    /// <param name="plain">The piece.</param>
    /// <param name="sealedPiece">Takes the piece and behind it the tag.</param>
    /// <param name="isLast">Does none follow?</param>
    public void Seal(ReadOnlySpan<byte> plain, Span<byte> sealedPiece, bool isLast)
    {
        Span<byte> nonce = stackalloc byte[12];
        Next(nonce, isLast);
        _aes.Encrypt(nonce, plain, sealedPiece[..plain.Length], sealedPiece.Slice(plain.Length, TagLength), header.Bytes);
    }

    /// <summary>Decrypts the next piece.</summary>
    /// <exception cref="AuthenticationTagMismatchException">It is not the next piece, or not as it was written.</exception>
    public void Open(ReadOnlySpan<byte> sealedPiece, Span<byte> plain, bool isLast)
    {
        Span<byte> nonce = stackalloc byte[12];
        Next(nonce, isLast);
        var length = sealedPiece.Length - TagLength;
        _aes.Decrypt(nonce, sealedPiece[..length], sealedPiece[length..], plain[..length], header.Bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => _aes.Dispose();

    private void Next(Span<byte> nonce, bool isLast)
    {
        nonce.Clear();
        nonce[0] = isLast ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], checked(_number++));
    }
}

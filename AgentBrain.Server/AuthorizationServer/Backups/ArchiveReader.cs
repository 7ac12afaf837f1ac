using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AgentBrain.Server.AuthorizationServer.Commands;

namespace AgentBrain.Server.AuthorizationServer.Backups;

/// <summary>Reads what <see cref="ArchiveWriter"/> wrote. Not a byte is handed out that was not found authentic.</summary>
internal sealed class ArchiveReader : IDisposable
{
    private const int MaxName = 200;

    private readonly Stream _archive;
    private readonly ArchiveCipher _cipher;

    // One byte more than a piece: whether another follows decides how this one is opened.
    private readonly byte[] _sealed = new byte[ArchiveCipher.PieceLength + ArchiveCipher.TagLength + 1];
    private readonly byte[] _piece = new byte[ArchiveCipher.PieceLength];
    private int _ahead;
    private int _start;
    private int _end;
    private bool _isOver;

    /// <summary>Begins to read.</summary>
    /// <param name="archive">The archive; left open.</param>
    /// <param name="key">The key.</param>
    /// <exception cref="CommandException">It is no archive, or not under this key.</exception>
    public ArchiveReader(Stream archive, byte[] key)
    {
        _archive = archive;
        _cipher = new ArchiveCipher(ArchiveHeader.Read(archive, key));
    }

    /// <summary>The next entry.</summary>
    /// <returns>Its name and length; <c>null</c> at the archive's end, which was then found to be the end.</returns>
    /// <exception cref="CommandException">The archive is damaged or cut off.</exception>
    public (string Name, long Length)? Next()
    {
        Span<byte> number = stackalloc byte[8];
        Fill(number[..2]);
        var length = BinaryPrimitives.ReadUInt16BigEndian(number);
        if (length == 0)
        {
            if (Available() > 0)
                throw Damaged();

            return null;
        }

        if (length > MaxName)
            throw Damaged();

        Span<byte> name = stackalloc byte[length];
        Fill(name);
        Fill(number);
        return BinaryPrimitives.ReadInt64BigEndian(number) is var size and >= 0 ? (Encoding.UTF8.GetString(name), size) : throw Damaged();
    }

    /// <summary>Copies the content of the entry that <see cref="Next"/> named.</summary>
    /// <exception cref="CommandException">The archive is damaged or cut off.</exception>
    public void CopyTo(Stream target, long length, CancellationToken cancellationToken)
    {
        while (length > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = (int)Math.Min(length, Available());
            if (count == 0)
                throw Damaged();

            target.Write(_piece.AsSpan(_start, count));
            _start += count;
            length -= count;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _cipher.Dispose();

    private void Fill(Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var count = Math.Min(bytes.Length, Available());
            if (count == 0)
                throw Damaged();

            _piece.AsSpan(_start, count).CopyTo(bytes);
            _start += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>Bytes that are opened and not read yet; another piece is opened when there are none. 0 at the end.</summary>
    private int Available()
    {
        while (_start == _end && !_isOver)
        {
            var count = _ahead + _archive.ReadAtLeast(_sealed.AsSpan(_ahead), _sealed.Length - _ahead, throwOnEndOfStream: false);
            _isOver = count < _sealed.Length;
            var length = Math.Min(count, _sealed.Length - 1);
            if (length < ArchiveCipher.TagLength)
                throw Damaged();

            try
            {
                _cipher.Open(_sealed.AsSpan(0, length), _piece, _isOver);
            }
            catch (AuthenticationTagMismatchException exception)
            {
                throw Damaged(exception);
            }

            (_start, _end) = (0, length - ArchiveCipher.TagLength);
            _ahead = _isOver ? 0 : 1;
            _sealed[0] = _sealed[^1];
        }

        return _end - _start;
    }

    private static CommandException Damaged(Exception? inner = null) => new("The backup is damaged or not whole; take another copy of it. Nothing was changed.", inner);
}

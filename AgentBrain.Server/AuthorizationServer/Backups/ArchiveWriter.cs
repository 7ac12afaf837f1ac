using System.Buffers.Binary;
using System.Text;

namespace AgentBrain.Server.AuthorizationServer.Backups;

/// <summary>
/// Writes an archive: entries of a name (2 bytes of length, UTF-8), a length (8 bytes) and so many bytes, ended by an empty name. It is
/// whole once <see cref="Finish"/> has returned. Numbers are big-endian.
/// </summary>
internal sealed class ArchiveWriter : IDisposable
{
    private readonly Stream _archive;
    private readonly ArchiveCipher _cipher;
    private readonly byte[] _piece = new byte[ArchiveCipher.PieceLength];
    private readonly byte[] _sealed = new byte[ArchiveCipher.PieceLength + ArchiveCipher.TagLength];
    private int _filled;

    /// <summary>Begins an archive.</summary>
    /// <param name="archive">Takes it; left open.</param>
    /// <param name="key">The key.</param>
    public ArchiveWriter(Stream archive, byte[] key)
    {
        var header = ArchiveHeader.Create(key);
        _archive = archive;
        _cipher = new ArchiveCipher(header);
        archive.Write(header.Bytes);
    }

    /// <summary>Adds bytes under a name.</summary>
    public void Add(string name, ReadOnlySpan<byte> content)
    {
        Begin(name, content.Length);
        Write(content);
    }

    /// <summary>Adds a file that nobody changes meanwhile.</summary>
    public void AddFile(string name, string path, CancellationToken cancellationToken)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        var left = file.Length;
        Begin(name, left);
        var buffer = new byte[ArchiveCipher.PieceLength];
        while (left > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = file.Read(buffer.AsSpan(0, (int)Math.Min(left, buffer.Length)));
            if (count == 0)
                throw new EndOfStreamException($"{path} became shorter while it was read.");

            Write(buffer.AsSpan(0, count));
            left -= count;
        }
    }

    /// <summary>Ends the archive.</summary>
    public void Finish()
    {
        Write([0, 0]);
        Flush(isLast: true);
    }

    /// <inheritdoc/>
    public void Dispose() => _cipher.Dispose();

    private void Begin(string name, long length)
    {
        var text = Encoding.UTF8.GetBytes(name);
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt16BigEndian(number, checked((ushort)text.Length));
        Write(number[..2]);
        Write(text);
        BinaryPrimitives.WriteInt64BigEndian(number, length);
        Write(number);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            // A full piece waits until it is known that it is not the last.
            if (_filled == _piece.Length)
                Flush(isLast: false);

            var count = Math.Min(bytes.Length, _piece.Length - _filled);
            bytes[..count].CopyTo(_piece.AsSpan(_filled));
            _filled += count;
            bytes = bytes[count..];
        }
    }

    private void Flush(bool isLast)
    {
        _cipher.Seal(_piece.AsSpan(0, _filled), _sealed, isLast);
        _archive.Write(_sealed.AsSpan(0, _filled + ArchiveCipher.TagLength));
        _filled = 0;
    }
}

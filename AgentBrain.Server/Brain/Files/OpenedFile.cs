using Microsoft.Win32.SafeHandles;

namespace AgentBrain.Server.Brains.Files;

/// <summary>A regular file that passed the checks of its root. It is read through its handle only: its path is never used again.</summary>
internal sealed class OpenedFile : IDisposable
{
    private const int ReadSize = 64 * 1024;
    private readonly SafeFileHandle _handle;

    /// <summary>Takes the handle over.</summary>
    public OpenedFile(SafeFileHandle handle, HandleFacts facts)
    {
        _handle = handle;
        Length = facts.Length;
        Identity = facts.Identity;
        LastWriteUtc = facts.LastWriteUtc;
    }

    /// <summary>The length in bytes when it was opened.</summary>
    public long Length { get; }

    /// <summary>Its device and inode.</summary>
    public FileIdentity Identity { get; }

    /// <summary>When it was last written, as of its opening.</summary>
    public DateTimeOffset LastWriteUtc { get; }

    /// <summary>Reads all of it.</summary>
    /// <param name="max">Most bytes to read, less than 2 GiB. A file that is longer is not read at all, one that grows not beyond it.</param>
    /// <exception cref="FileRefusedException">
    /// <see cref="SkipReason.TooLarge"/>; <see cref="SkipReason.Changed"/> if it has not the length it had when opened;
    /// <see cref="SkipReason.Unreadable"/> if the operating system failed.
    /// </exception>
    public byte[] ReadAllBytes(long max)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, Array.MaxLength - 1);
        if (Length > max)
            throw new FileRefusedException(SkipReason.TooLarge, $"{Length} bytes are more than {max}.");
        // One byte more than expected, so that growth is noticed; files that claim to be empty (/proc does) get the same.
        var buffer = new byte[(int)Length + 1];
        var filled = 0;
        try
        {
            while (filled < buffer.Length)
            {
                var read = RandomAccess.Read(_handle, buffer.AsSpan(filled, Math.Min(buffer.Length - filled, ReadSize)), filled);
                if (read == 0)
                    break;
                filled += read;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FileRefusedException(SkipReason.Unreadable, "Reading failed.", error);
        }

        if (filled != Length)
            throw new FileRefusedException(SkipReason.Changed, $"The file had {Length} bytes when it was opened and not when it was read.");
        Array.Resize(ref buffer, filled);
        return buffer;
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using AgentBrain.Server.AuthorizationServer.Commands;

namespace AgentBrain.Server.AuthorizationServer.Backups;

/// <summary>
/// The beginning of an archive, in clear: 8 bytes of a mark, 4 of the version, 32 of salt, 16 that depend on the key. Each archive is
/// encrypted under a key of its own, HKDF-SHA-256(key, salt); the last part tells a wrong key from a damaged archive, and binds
/// the archive to one key.
/// </summary>
internal sealed class ArchiveHeader
{
    /// <summary>The version that this program writes, and the only one it reads.</summary>
    public const uint Version = 1;

    /// <summary>Its length.</summary>
    public const int Length = 8 + 4 + SaltLength + CheckLength;

    private const int SaltLength = 32;
    private const int CheckLength = 16;

    private ArchiveHeader(byte[] bytes, byte[] key) => (Bytes, Key) = (bytes, key);

    private static ReadOnlySpan<byte> Mark => "ABBACKUP"u8;

    /// <summary>As it stands in the file. All that follows is authenticated together with it.</summary>
    public byte[] Bytes { get; }

    /// <summary>The key of this archive alone.</summary>
    public byte[] Key { get; }

    /// <summary>Begins an archive.</summary>
    public static ArchiveHeader Create(byte[] key)
    {
        var bytes = new byte[Length];
        Mark.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), Version);
        RandomNumberGenerator.Fill(Salt(bytes));
        Derive(key, Salt(bytes), "check").AsSpan(0, CheckLength).CopyTo(Check(bytes));
        return new ArchiveHeader(bytes, Derive(key, Salt(bytes), "key"));
    }

    /// <summary>Reads the beginning of an archive.</summary>
    /// <exception cref="CommandException">It is none, of another version, or under another key.</exception>
    public static ArchiveHeader Read(Stream archive, byte[] key)
    {
        var bytes = new byte[Length];
        if (archive.ReadAtLeast(bytes, Length, throwOnEndOfStream: false) < Length || !bytes.AsSpan(0, Mark.Length).SequenceEqual(Mark))
            throw new CommandException("The file is no backup of this program, or its beginning is damaged; nothing was changed.");

        var version = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(8));
        if (version != Version)
            throw new CommandException($"The backup has the format {version} and this program knows {Version}, so use the version that made it, or another copy if the file is damaged; nothing was changed.");

        if (!CryptographicOperations.FixedTimeEquals(Derive(key, Salt(bytes), "check").AsSpan(0, CheckLength), Check(bytes)))
            throw new CommandException("The key is not the one of this backup, or the backup's beginning is damaged; nothing was changed.");

        return new ArchiveHeader(bytes, Derive(key, Salt(bytes), "key"));
    }

    private static Span<byte> Salt(byte[] bytes) => bytes.AsSpan(12, SaltLength);

    private static Span<byte> Check(byte[] bytes) => bytes.AsSpan(12 + SaltLength, CheckLength);

    private static byte[] Derive(byte[] key, ReadOnlySpan<byte> salt, string use)
    {
        var derived = new byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, derived, salt, System.Text.Encoding.ASCII.GetBytes("agent-brain/backup/v1/" + use));
        return derived;
    }
}

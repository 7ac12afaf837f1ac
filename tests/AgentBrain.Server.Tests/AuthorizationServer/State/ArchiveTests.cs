using System.Buffers.Binary;
using System.Security.Cryptography;
using AgentBrain.Server.AuthorizationServer.Backups;
using AgentBrain.Server.AuthorizationServer.Commands;

namespace AgentBrain.Server.Tests.AuthorizationServer.State;

/// <summary>An archive gives back what was put in, or nothing.</summary>
public sealed class ArchiveTests
{
    private const int Piece = ArchiveCipher.PieceLength;
    private const int Sealed = ArchiveCipher.PieceLength + ArchiveCipher.TagLength;
    private static readonly byte[] Key = BackupKey.Create();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Piece - 100)]
    [InlineData(Piece - 15)]
    [InlineData(Piece - 14)]
    [InlineData(Piece - 13)]
    [InlineData(Piece)]
    [InlineData((3 * Piece) + 7)]
    public void What_is_put_in_comes_out(int length)
    {
        var content = RandomNumberGenerator.GetBytes(length);

        Assert.Equal(content, Read(Make(content), Key));
    }

    [Fact]
    public void An_archive_tells_nothing_of_what_is_in_it()
    {
        var archive = Make(new byte[Piece]);

        Assert.Equal(-1, archive.AsSpan().IndexOf("a name"u8));
        Assert.NotEqual(archive, Make(new byte[Piece]));
    }

    [Fact]
    public void A_changed_bit_anywhere_is_found()
    {
        var archive = Make(RandomNumberGenerator.GetBytes(Piece + 500));
        int[] places = [.. Enumerable.Range(0, ArchiveHeader.Length + 30), ArchiveHeader.Length + (Piece / 2), ArchiveHeader.Length + Piece, ArchiveHeader.Length + Sealed, .. Enumerable.Range(archive.Length - 20, 20)];

        foreach (var place in places)
        {
            var changed = archive.ToArray();
            changed[place] ^= 1 << 3;
            Assert.Throws<CommandException>(() => Read(changed, Key));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(ArchiveHeader.Length)]
    [InlineData(ArchiveHeader.Length + 1)]
    [InlineData(ArchiveHeader.Length + ArchiveCipher.TagLength)]
    [InlineData(ArchiveHeader.Length + Sealed)]
    [InlineData(ArchiveHeader.Length + Sealed + 5)]
    [InlineData(ArchiveHeader.Length + Sealed + Sealed)]
    public void A_cut_archive_is_not_taken_for_a_whole_one(int length)
    {
        var archive = Make(RandomNumberGenerator.GetBytes((2 * Piece) + 500));

        Assert.Throws<CommandException>(() => Read(archive[..length], Key));
        Assert.Throws<CommandException>(() => Read(archive[..^1], Key));
    }

    [Fact]
    public void What_is_appended_is_found()
    {
        var archive = Make(RandomNumberGenerator.GetBytes(100));

        Assert.Throws<CommandException>(() => Read([.. archive, 0], Key));
        Assert.Throws<CommandException>(() => Read([.. archive, .. archive[ArchiveHeader.Length..]], Key));
    }

    [Fact]
    public void Pieces_in_another_order_or_of_another_archive_are_found()
    {
        var archive = Make(RandomNumberGenerator.GetBytes(3 * Piece));
        var other = Make(RandomNumberGenerator.GetBytes(3 * Piece));
        var header = archive[..ArchiveHeader.Length];
        var (first, second, rest) = (archive[ArchiveHeader.Length..][..Sealed], archive[ArchiveHeader.Length..][Sealed..(2 * Sealed)], archive[ArchiveHeader.Length..][(2 * Sealed)..]);

        Assert.Throws<CommandException>(() => Read([.. header, .. second, .. first, .. rest], Key));
        Assert.Throws<CommandException>(() => Read([.. header, .. first, .. rest], Key));
        Assert.Throws<CommandException>(() => Read([.. header, .. first, .. other[ArchiveHeader.Length..][Sealed..]], Key));
        Assert.Equal(3 * Piece, Read([.. header, .. first, .. second, .. rest], Key).Length);
    }

    [Theory]
    [InlineData(0, false, 0, true)]
    [InlineData(0, true, 0, false)]
    [InlineData(0, false, 1, false)]
    public void A_piece_is_opened_only_in_its_place(int number, bool isLast, int openedAs, bool openedAsLast)
    {
        var header = ArchiveHeader.Create(Key);
        byte[] plain = [1, 2, 3];
        var piece = new byte[plain.Length + ArchiveCipher.TagLength];
        using var sealing = new ArchiveCipher(header);
        for (var before = 0; before <= number; before++)
            sealing.Seal(plain, piece, isLast);

        Assert.Throws<AuthenticationTagMismatchException>(() => Open(openedAs, openedAsLast));
        Open(number, isLast);

        void Open(int place, bool asLast)
        {
            using var opening = new ArchiveCipher(header);
            for (var before = 0; before < place; before++)
                opening.Seal(plain, new byte[piece.Length], isLast: false);

            opening.Open(piece, new byte[plain.Length], asLast);
        }
    }

    [Fact]
    public void Another_key_is_told_from_damage()
    {
        var archive = Make([1]);

        var refusal = Assert.Throws<CommandException>(() => Read(archive, BackupKey.Create()));

        Assert.Contains("key", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_version_is_named()
    {
        var archive = Make([1]);
        BinaryPrimitives.WriteUInt32BigEndian(archive.AsSpan(8), 7);

        Assert.Contains("format 7", Assert.Throws<CommandException>(() => Read(archive, Key)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_is_32_bytes_in_either_base64()
    {
        Assert.Equal(Key, BackupKey.Parse(BackupKey.Write(Key)));
        Assert.Equal(Key, BackupKey.Parse(Convert.ToBase64String(Key) + "\n"));
        foreach (var bad in new[] { "", "secret", BackupKey.Write(Key)[1..], BackupKey.Write(Key) + "A", new string('!', 43), Convert.ToHexString(Key) })
            Assert.Throws<CommandException>(() => BackupKey.Parse(bad));
    }

    [Theory]
    [InlineData("authority.db", true)]
    [InlineData("brains/brains.json", true)]
    [InlineData("brains/0123456789abcdef/index.db", true)]
    [InlineData("../authority.db", false)]
    [InlineData("brains/../../../etc/passwd/index.db", false)]
    [InlineData("brains/../index.db", false)]
    [InlineData("brains/0123456789ABCDEF/index.db", false)]
    [InlineData("/authority.db", false)]
    [InlineData("lock", false)]
    [InlineData("authority.db-wal", false)]
    public void Only_what_is_state_is_ever_written(string name, bool isForeseen)
    {
        Assert.Equal(isForeseen, StateFiles.IsForeseen(name));
    }

    private static byte[] Make(byte[] content)
    {
        using var stream = new MemoryStream();
        using var writer = new ArchiveWriter(stream, Key);
        writer.Add("a name", content);
        writer.Finish();
        return stream.ToArray();
    }

    private static byte[] Read(byte[] archive, byte[] key)
    {
        using var stream = new MemoryStream(archive);
        using var reader = new ArchiveReader(stream, key);
        var (name, length) = Assert.NotNull(reader.Next());
        Assert.Equal("a name", name);
        using var content = new MemoryStream();
        reader.CopyTo(content, length, CancellationToken.None);
        Assert.Null(reader.Next());
        return content.ToArray();
    }
}

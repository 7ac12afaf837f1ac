using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Tests.Brains.Files;

public sealed class OpenedFileTests : IDisposable
{
    private readonly TempTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Theory, MemberData(nameof(Openers.All), MemberType = typeof(Openers))]
    public void A_sparse_gigabyte_is_too_large_without_being_read(string strategy)
    {
        using (var sparse = File.Create(_tree.PathOf("big.md")))
            sparse.SetLength(1L << 30);
        using var root = Openers.Open(strategy, _tree.Root);
        using var file = root.OpenFile("big.md");
        var before = GC.GetAllocatedBytesForCurrentThread();

        var refusal = Assert.Throws<FileRefusedException>(() => file.ReadAllBytes(10 * 1024 * 1024));

        Assert.Equal(SkipReason.TooLarge, refusal.Reason);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024 * 1024);
    }

    [Theory, MemberData(nameof(Openers.All), MemberType = typeof(Openers))]
    public void A_file_of_exactly_the_limit_is_read_and_one_byte_more_is_not(string strategy)
    {
        _tree.Write("a.md", new byte[200_000]);
        using var root = Openers.Open(strategy, _tree.Root);
        using var file = root.OpenFile("a.md");

        Assert.Equal(200_000, file.ReadAllBytes(200_000).Length);
        Assert.Equal(SkipReason.TooLarge, Assert.Throws<FileRefusedException>(() => file.ReadAllBytes(199_999)).Reason);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_000_000)]
    [InlineData(-1)]
    public void A_file_that_grows_or_shrinks_after_opening_has_changed(int by)
    {
        _tree.Write("a.md", new byte[100]);
        using var root = Openers.Open(Openers.OpenAt2, _tree.Root);
        using var file = root.OpenFile("a.md");
        using (var writer = File.OpenWrite(_tree.PathOf("a.md")))
            writer.SetLength(100 + by);

        Assert.Equal(SkipReason.Changed, Assert.Throws<FileRefusedException>(() => file.ReadAllBytes(10_000_000)).Reason);
    }

    [Theory, MemberData(nameof(Openers.All), MemberType = typeof(Openers))]
    public void What_was_opened_is_read_whatever_takes_its_place(string strategy)
    {
        _tree.Write("a.md", "inside").Link("link", Path.Combine(_tree.Outside, "secret.md"));
        using var root = Openers.Open(strategy, _tree.Root);
        using var file = root.OpenFile("a.md");
        _tree.Exchange("a.md", "link");

        Assert.Equal("inside"u8.ToArray(), file.ReadAllBytes(100));
    }
}

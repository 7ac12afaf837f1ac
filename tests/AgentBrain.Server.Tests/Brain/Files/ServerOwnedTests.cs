using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Tests.Brains.Files;

public sealed class ServerOwnedTests : IDisposable
{
    private readonly TempTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Theory, MemberData(nameof(Openers.All), MemberType = typeof(Openers))]
    public void The_data_directory_in_a_root_is_never_opened(string strategy)
    {
        _tree.Write("work/data/keys/signing.md", "key").Write("work/other.md").Write("token.md", "secret");
        _tree.HardLink("work/moved.md", _tree.PathOf("work/data/keys/signing.md"));
        using var root = Openers.Open(strategy, _tree.Root, FileIdentity.OfPath(_tree.PathOf("work/data")), FileIdentity.OfPath(_tree.PathOf("token.md")));

        foreach (var path in new[] { "work/data/keys/signing.md", "token.md" })
            Assert.Equal(SkipReason.ServerOwned, Assert.Throws<FileRefusedException>(() => root.OpenFile(path)).Reason);
        Assert.Equal(SkipReason.ServerOwned, Assert.Throws<FileRefusedException>(() => root.List("work/data")).Reason);
        Assert.Equal(SkipReason.ServerOwned, Assert.Throws<FileRefusedException>(() => root.List("work/data/keys")).Reason);
        Assert.Equal(SkipReason.HardLink, Assert.Throws<FileRefusedException>(() => root.OpenFile("work/moved.md")).Reason);
        root.OpenFile("work/other.md").Dispose();
    }

    [Theory, MemberData(nameof(Openers.All), MemberType = typeof(Openers))]
    public void A_renamed_data_directory_is_still_known(string strategy)
    {
        _tree.Write("data/signing.md", "key");
        using var root = Openers.Open(strategy, _tree.Root, FileIdentity.OfPath(_tree.PathOf("data")));
        Directory.Move(_tree.PathOf("data"), _tree.PathOf("harmless"));

        Assert.Equal(SkipReason.ServerOwned, Assert.Throws<FileRefusedException>(() => root.OpenFile("harmless/signing.md")).Reason);
    }

    [Theory, MemberData(nameof(Openers.All), MemberType = typeof(Openers))]
    public void The_data_directory_is_no_root(string strategy) =>
        Assert.Equal(
            SkipReason.ServerOwned,
            Assert.Throws<FileRefusedException>(() => Openers.Open(strategy, _tree.Root, FileIdentity.OfPath(_tree.Root))).Reason);
}

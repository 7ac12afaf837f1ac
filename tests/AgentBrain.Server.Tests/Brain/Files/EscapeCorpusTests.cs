using System.Globalization;
using System.Net.Sockets;
using System.Text;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Tests.Brains.Files;

public sealed class EscapeCorpusTests : IDisposable
{
    private readonly TempTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Theory, MemberData(nameof(Openers.All), MemberType = typeof(Openers))]
    public void A_file_in_the_root_is_read(string strategy)
    {
        _tree.Write("a/b/c.md", "inside");
        using var root = Openers.Open(strategy, _tree.Root);

        using var file = root.OpenFile("a/b/c.md");

        Assert.Equal("inside", Encoding.UTF8.GetString(file.ReadAllBytes(100)));
        Assert.Equal(6, file.Length);
        Assert.Equal(FileIdentity.OfPath(_tree.PathOf("a/b/c.md")), file.Identity);
        Assert.Equal(File.GetLastWriteTimeUtc(_tree.PathOf("a/b/c.md")), file.LastWriteUtc.UtcDateTime);
    }

    [Theory, MemberData(nameof(Openers.All), MemberType = typeof(Openers))]
    public void A_symlink_to_a_file_is_not_followed(string strategy)
    {
        _tree.Write("a.md").Link("out.md", Path.Combine(_tree.Outside, "secret.md")).Link("in.md", "a.md").Link("dangling.md", "nothing");

        AssertRefused(strategy, SkipReason.Symlink, "out.md", "in.md", "dangling.md");
    }

    [Theory, MemberData(nameof(Openers.All), MemberType = typeof(Openers))]
    public void A_symlink_to_a_directory_is_not_followed(string strategy)
    {
        _tree.Link("out", _tree.Outside).MakeDirectory("d").Write("real/a.md").Link("d/in", "../real");

        AssertRefused(strategy, SkipReason.Symlink, "out/secret.md", "d/in/a.md");
        using var root = Openers.Open(strategy, _tree.Root);
        Assert.Equal(SkipReason.Symlink, Assert.Throws<FileRefusedException>(() => root.List("out")).Reason);
        Assert.Equal(SkipReason.Symlink, Assert.Throws<FileRefusedException>(() => root.DirectoryIdentity("d/in")).Reason);
    }

    [Theory, MemberData(nameof(Openers.All), MemberType = typeof(Openers))]
    public void A_symlink_in_the_middle_is_not_followed(string strategy)
    {
        Directory.CreateDirectory(Path.Combine(_tree.Outside, "deep/er"));
        File.WriteAllText(Path.Combine(_tree.Outside, "deep/er/secret.md"), TempTree.Canary);
        _tree.MakeDirectory("a").Link("a/link", _tree.Outside);

        AssertRefused(strategy, SkipReason.Symlink, "a/link/deep/er/secret.md");
        using var root = Openers.Open(strategy, _tree.Root);
        Assert.Equal(SkipReason.Symlink, Assert.Throws<FileRefusedException>(() => root.List("a/link/deep")).Reason);
    }

    [Theory, MemberData(nameof(Openers.All), MemberType = typeof(Openers))]
    public void Paths_that_are_not_beneath_by_their_syntax_are_refused(string strategy)
    {
        _tree.Write("a/b.md");

        AssertRefused(
            strategy,
            SkipReason.OutsideRoot,
            "../outside/secret.md", "a/../../outside/secret.md", "a/../a/b.md", "..", ".", "./a/b.md", "a//b.md", "a/b.md/", "/a/b.md", "",
            Path.Combine(_tree.Outside, "secret.md"), "a\\b.md", "\\\\host\\share\\x", "//host/share/x", "a/b.md\0.txt", "C:/x", "C:x",
            "\\\\?\\C:\\x", "\\\\.\\PhysicalDrive0");
        using var root = Openers.Open(strategy, _tree.Root);
        Assert.Equal(SkipReason.OutsideRoot, Assert.Throws<FileRefusedException>(() => root.List("..")).Reason);
        Assert.Equal(SkipReason.OutsideRoot, Assert.Throws<FileRefusedException>(() => root.List("a/..")).Reason);
    }

    [Theory, MemberData(nameof(Openers.Linux), MemberType = typeof(Openers))]
    public void A_magic_link_of_proc_is_not_followed(string strategy)
    {
        using var root = Openers.Open(strategy, "/proc/" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture));

        foreach (var path in new[] { "exe", "cwd/anything", "root/etc/passwd" })
            Assert.Equal(SkipReason.Symlink, Assert.Throws<FileRefusedException>(() => root.OpenFile(path)).Reason);
    }

    [Theory, MemberData(nameof(Openers.All), MemberType = typeof(Openers))]
    public void A_hard_link_to_a_file_outside_is_refused(string strategy)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The corpus needs Linux.");
        _tree.HardLink("mine.md", Path.Combine(_tree.Outside, "secret.md"));

        AssertRefused(strategy, SkipReason.HardLink, "mine.md");
    }

    [Theory, MemberData(nameof(Openers.All), MemberType = typeof(Openers))]
    public async Task A_pipe_does_not_hang(string strategy)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The corpus needs Linux.");
        _tree.MakePipe("pipe.md");

        // On a thread of its own, so that a hang fails the test and not the run.
        await Task.Factory.StartNew(() => AssertRefused(strategy, SkipReason.NotRegular, "pipe.md"), TaskCreationOptions.LongRunning)
            .WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Theory, MemberData(nameof(Openers.All), MemberType = typeof(Openers))]
    public void A_socket_a_directory_and_a_device_are_not_files(string strategy)
    {
        _tree.MakeDirectory("directory.md");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_tree.PathOf("socket.md")));

        AssertRefused(strategy, SkipReason.NotRegular, "socket.md", "directory.md");
        using var devices = Openers.Open(strategy, "/dev");
        Assert.Equal(SkipReason.NotRegular, Assert.Throws<FileRefusedException>(() => devices.OpenFile("null")).Reason);
        Assert.Contains(devices.List(""), item => item is { Name: "null", Kind: ItemKind.Other });
    }

    [Theory, MemberData(nameof(Openers.All), MemberType = typeof(Openers))]
    public void Another_file_system_beneath_the_root_is_outside(string strategy)
    {
        using var root = Openers.Open(strategy, "/");

        Assert.Equal(SkipReason.OutsideRoot, Assert.Throws<FileRefusedException>(() => root.OpenFile("proc/version")).Reason);
        Assert.Equal(SkipReason.OutsideRoot, Assert.Throws<FileRefusedException>(() => root.List("proc")).Reason);
    }

    [Theory, MemberData(nameof(Openers.All), MemberType = typeof(Openers))]
    public void What_is_missing_or_cannot_be_opened_is_said(string strategy)
    {
        _tree.Write("a.md");

        AssertRefused(strategy, SkipReason.Changed, "missing.md", "missing/a.md", "a.md/b.md");
        AssertRefused(strategy, SkipReason.Unreadable, new string('x', 300));
        Assert.Throws<FileRefusedException>(() => Openers.Open(strategy, _tree.PathOf("missing")));
    }

    [Theory, MemberData(nameof(Openers.All), MemberType = typeof(Openers))]
    public void What_the_user_may_not_read_is_unreadable(string strategy)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The corpus needs Linux.");
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "Root may read everything.");
        _tree.Write("a.md");
        _tree.Forbid("a.md");

        AssertRefused(strategy, SkipReason.Unreadable, "a.md");
    }

    [Theory, MemberData(nameof(Openers.All), MemberType = typeof(Openers))]
    public void A_listing_says_what_the_names_are(string strategy)
    {
        _tree.Write("b.md").Write("a/x.md").Link("c", _tree.Outside).MakePipe("d");
        using var root = Openers.Open(strategy, _tree.Root);

        DirectoryItem[] expected = [new("a", ItemKind.Directory), new("b.md", ItemKind.File), new("c", ItemKind.Symlink), new("d", ItemKind.Other)];
        Assert.Equal(expected, root.List(""));
        Assert.Equal(expected, root.List(""));
        Assert.Equal(FileIdentity.OfPath(_tree.PathOf("a")), root.DirectoryIdentity("a"));
        Assert.Equal(FileIdentity.OfPath(_tree.Root), root.Identity);
    }

    [Theory, MemberData(nameof(Openers.All), MemberType = typeof(Openers))]
    public void A_large_directory_is_listed_whole(string strategy)
    {
        var names = Enumerable.Range(0, 3_000).Select(i => $"a-rather-long-file-name-to-fill-the-buffer-{i:d5}.md").ToArray();
        foreach (var name in names)
            _tree.Write(name, "");
        using var root = Openers.Open(strategy, _tree.Root);

        Assert.Equal(names, root.List("").Select(item => item.Name));
    }

    [Fact]
    public void The_default_opens_what_is_inside_and_nothing_else()
    {
        _tree.Write("a.md").Link("out.md", Path.Combine(_tree.Outside, "secret.md"));
        using var root = RootHandle.Open(new BrainRoot("root", _tree.Root));

        root.OpenFile("a.md").Dispose();
        Assert.Equal(SkipReason.Symlink, Assert.Throws<FileRefusedException>(() => root.OpenFile("out.md")).Reason);
    }

    private void AssertRefused(string strategy, SkipReason reason, params IEnumerable<string> paths)
    {
        using var root = Openers.Open(strategy, _tree.Root);
        foreach (var path in paths)
        {
            var refusal = Assert.Throws<FileRefusedException>(() => root.OpenFile(path));
            Assert.True(reason == refusal.Reason, $"'{path}' was refused as {refusal.Reason}: {refusal.Message}");
        }
    }
}

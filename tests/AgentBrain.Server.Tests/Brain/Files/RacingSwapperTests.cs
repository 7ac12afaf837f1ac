using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Tests.Brains.Files;

public sealed class RacingSwapperTests : IDisposable
{
    private const int Rounds = 400;
    private readonly TempTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Theory, MemberData(nameof(Openers.Linux), MemberType = typeof(Openers))]
    public async Task A_directory_swapped_with_a_link_never_leads_outside(string strategy)
    {
        File.WriteAllText(Path.Combine(_tree.Outside, "only-outside.md"), TempTree.Canary);
        _tree.Write("a/dir/secret.md", "inside").Link("a/link", _tree.Outside);

        await Race(strategy, "a/dir", "a/link", "a/dir/secret.md");
    }

    [Theory, MemberData(nameof(Openers.Linux), MemberType = typeof(Openers))]
    public async Task A_file_swapped_with_a_link_never_leads_outside(string strategy)
    {
        _tree.Write("a/file.md", "inside").Link("a/link.md", Path.Combine(_tree.Outside, "secret.md"));

        await Race(strategy, "a/file.md", "a/link.md", "a/file.md");
    }

    [Theory, MemberData(nameof(Openers.Linux), MemberType = typeof(Openers))]
    public async Task A_file_swapped_with_a_hard_link_never_leads_outside(string strategy)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The corpus needs Linux.");
        _tree.Write("a/file.md", "inside").HardLink("a/link.md", Path.Combine(_tree.Outside, "secret.md"));

        await Race(strategy, "a/file.md", "a/link.md", "a/file.md");
    }

    // Reads the contested path and walks the folder while a thread swaps the two names. Both outcomes have to be seen, else nothing raced.
    private async Task Race(string strategy, string real, string link, string contested)
    {
        using var root = Openers.Open(strategy, _tree.Root);
        var reader = new FileReader(root, 1024);
        var scanner = new FolderScanner(root);
        var markdown = FileTypes.Classify("x.md")!;
        using var end = new CancellationTokenSource();
        var swapper = Task.Factory.StartNew(() => Swap(real, link, end.Token), TaskCreationOptions.LongRunning);
        var (read, refused) = (0, 0);
        try
        {
            for (var round = 0; round < 100 * Rounds && (round < Rounds || read == 0 || refused == 0); round++)
            {
                Count(reader.Read(contested, markdown), ref read, ref refused);
                foreach (var entry in scanner.Scan("", new ScanRules(), CancellationToken.None))
                {
                    Assert.DoesNotContain("only-outside", entry.RelativePath, StringComparison.Ordinal);
                    Count(reader.Read(entry), ref read, ref refused);
                }
            }
        }
        finally
        {
            await end.CancelAsync();
            Assert.NotEqual(0, await swapper);
        }

        Assert.NotEqual(0, read);
        Assert.NotEqual(0, refused);
    }

    private static void Count(ReadResult result, ref int read, ref int refused)
    {
        if (result.File is not { } file)
        {
            refused++;
            return;
        }

        Assert.Equal("inside", file.Text);
        read++;
    }

    private int Swap(string real, string link, CancellationToken end)
    {
        var swaps = 0;
        for (; !end.IsCancellationRequested; swaps++)
            _tree.Exchange(real, link);
        return swaps;
    }
}

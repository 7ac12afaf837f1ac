using System.Globalization;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Tests.Brains.Files;

public sealed class FolderScannerTests : IDisposable
{
    private readonly TempTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Files_are_found_in_ordinal_order_and_everything_else_says_why()
    {
        _tree.Write("b.md").Write("a/z.cs").Write("a/y.md").Write("B.md").Write(".hidden/x.md").Write(".notes.md").Write("pic.png").Write(".env")
            .Write("package-lock.json").Write("node_modules/x/readme.md").Write(".ssh/notes.md").Write(".git/config.md")
            .Link("link.md", "b.md").Link("linked", "a").MakePipe("pipe.md");

        Assert.Equal(
            [
                ".env SecretName", ".git Excluded", ".hidden/x.md", ".notes.md", ".ssh SecretName", "B.md", "a/y.md", "a/z.cs", "b.md", "link.md Symlink",
                "linked Symlink", "node_modules Excluded", "package-lock.json Excluded", "pic.png UnknownType", "pipe.md NotRegular",
            ],
            Scan());
    }

    [Fact]
    public void Code_is_left_out_if_documents_are_asked_for()
    {
        _tree.Write("a.cs").Write("a.md").Write("a.json");

        Assert.Equal(["a.cs CodeNotRequested", "a.json CodeNotRequested", "a.md"], Scan(rules: new ScanRules { IncludeCode = false }));
    }

    [Fact]
    public void Patterns_start_at_the_folder()
    {
        _tree.Write("f/src/a.md").Write("f/src/gen/b.md").Write("f/c.md").Write("src/d.md");
        var rules = new ScanRules { Include = GlobSet.Parse(["src/**"]), Exclude = GlobSet.Parse(["src/gen"]) };

        Assert.Equal(["f/c.md NotIncluded", "f/src/a.md", "f/src/gen Excluded"], Scan("f", rules));
    }

    [Fact]
    public void Ignore_files_from_the_root_down_apply()
    {
        _tree.Write(".gitignore", "*.log.md\n/f/private/\n").Write("f/.gitignore", "draft*\n!draft-kept.md\n").Write("f/a.log.md").Write("f/private/x.md")
            .Write("f/draft.md").Write("f/draft-kept.md").Write("f/sub/draft.md").Write("f/sub/.gitignore", "!draft.md");

        Assert.Equal(
            ["f/.gitignore UnknownType", "f/a.log.md Gitignored", "f/draft-kept.md", "f/draft.md Gitignored", "f/private Gitignored", "f/sub/.gitignore UnknownType", "f/sub/draft.md"],
            Scan("f"));
        Assert.Equal(["f/private Gitignored"], Scan("f/private"));
        Assert.Equal(["f/private/x.md"], Scan("f/private", new ScanRules { RespectGitIgnore = false }));
    }

    [Fact]
    public void An_ignore_file_that_cannot_be_honoured_keeps_its_directory_out()
    {
        _tree.Write("big/.gitignore", new string('#', GitIgnore.MaxBytes + 1)).Write("big/a.md")
            .Write("many/.gitignore", string.Concat(Enumerable.Repeat("x\n", GitIgnore.MaxRules + 1))).Write("many/a.md")
            .Write("long/.gitignore", new string('x', GitIgnore.MaxRuleLength + 1)).Write("long/a.md")
            .Write("linked/a.md").Link("linked/.gitignore", "a.md").Write("ok/.gitignore", "b.md").Write("ok/b.md");
        _tree.MakeDirectory("hard").HardLink("hard/.gitignore", _tree.PathOf("ok/b.md")).Write("hard/a.md");

        Assert.Equal(
            [
                "big TooLarge", "hard HardLink", "linked/.gitignore Symlink", "linked/a.md", "long TooLarge", "many TooLarge",
                "ok/.gitignore UnknownType", "ok/b.md Gitignored",
            ],
            Scan());
    }

    [Fact]
    public void Build_output_is_left_out_only_beside_a_project()
    {
        _tree.Write("App/App.csproj").Write("App/bin/x.md").Write("App/obj/y.md").Write("scripts/bin/tool.sh").Write("dist/a.md").Write("x.egg-info/a.txt");

        Assert.Equal(
            ["App/App.csproj", "App/bin Excluded", "App/obj Excluded", "dist Excluded", "scripts/bin/tool.sh", "x.egg-info Excluded"],
            Scan());
    }

    [Fact]
    public void Nested_folders_and_the_data_directory_are_left_to_their_owners()
    {
        _tree.Write("a/own/x.md").Write("a/other/y.md").Write("a/other2/y.md").Write("a/data/z.md");
        using var root = Openers.Open(Openers.OpenAt2, _tree.Root, FileIdentity.OfPath(_tree.PathOf("a/data")));

        Assert.Equal(
            ["a/data ServerOwned", "a/other OtherFolder", "a/other2/y.md", "a/own/x.md"],
            Show(new FolderScanner(root).Scan("a", new ScanRules { OtherFolders = new HashSet<string> { "a/other", "b" } }, CancellationToken.None)));
    }

    [Fact]
    public void The_file_limit_ends_the_scan_and_says_so()
    {
        _tree.Write("a.md").Write("b.png").Write("c.md").Write("d.md").Write("e.md");

        Assert.Equal(["a.md", "b.png UnknownType", "c.md", "d.md TooManyFiles"], Scan(rules: new ScanRules { MaxFiles = 2 }));
    }

    [Fact]
    public void A_deep_tree_is_bounded()
    {
        var deep = string.Join('/', Enumerable.Range(0, FolderScanner.MaxDepth + 5).Select(i => i.ToString(CultureInfo.InvariantCulture)));
        _tree.Write(deep + "/a.md").Write(deep[..deep.IndexOf("/100/", StringComparison.Ordinal)] + "/b.md");

        var found = Scan();

        Assert.Equal(2, found.Count);
        Assert.EndsWith("/128 Unreadable", found[0], StringComparison.Ordinal);
        Assert.EndsWith("/b.md", found[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../outside", "../outside OutsideRoot")]
    [InlineData("/etc", "/etc OutsideRoot")]
    [InlineData("linked", "linked Symlink")]
    [InlineData("linked/deep", "linked/deep Symlink")]
    [InlineData("missing", "missing Changed")]
    [InlineData(".git", ".git Excluded")]
    [InlineData(".git/hooks", ".git/hooks Excluded")]
    [InlineData("a/.ssh", "a/.ssh SecretName")]
    public void A_folder_that_may_not_be_walked_is_one_entry(string folder, string expected)
    {
        Directory.CreateDirectory(Path.Combine(_tree.Outside, "deep"));
        _tree.Link("linked", _tree.Outside).Write(".git/hooks/a.md").Write("a/.ssh/a.md");

        Assert.Equal([expected], Scan(folder));
    }

    [Fact]
    public void A_folder_asked_for_by_name_may_have_the_name_of_build_output()
    {
        _tree.Write("build/a.md");

        Assert.Equal(["build/a.md"], Scan("build"));
    }

    [Fact]
    public void A_name_that_is_no_canonical_path_is_skipped()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Such names are possible on Linux only.");
        _tree.Write("a\\b.md").Write("c.md");

        Assert.Equal(["a\\b.md Unreadable", "c.md"], Scan());
    }

    [Fact]
    public void A_scan_can_be_cancelled()
    {
        _tree.Write("a.md");
        using var root = Openers.Open(Openers.OpenAt2, _tree.Root);

        Assert.Throws<OperationCanceledException>(() => new FolderScanner(root).Scan("", new ScanRules(), new CancellationToken(canceled: true)).ToList());
    }

    [Theory]
    [InlineData("docs/a.md", "", null)]
    [InlineData("docs/draft.md", "", SkipReason.Gitignored)]
    [InlineData("private/deep/a.md", "", SkipReason.Gitignored)]
    [InlineData("private/deep/a.md", "private/deep", SkipReason.Gitignored)]
    [InlineData(".git/a.md", "", SkipReason.Excluded)]
    [InlineData("docs/.git/a.md", "docs/.git", SkipReason.Excluded)]
    [InlineData("node_modules/x/readme.md", "", SkipReason.Excluded)]
    [InlineData("node_modules/x/readme.md", "node_modules/x", null)]
    [InlineData("App/bin/a.md", "", SkipReason.Excluded)]
    [InlineData("App/bin/a.md", "App/bin", null)]
    [InlineData("docs/.env", "", SkipReason.SecretName)]
    [InlineData(".ssh/a.md", "", SkipReason.SecretName)]
    [InlineData("package-lock.json", "", SkipReason.Excluded)]
    [InlineData("pic.png", "", SkipReason.UnknownType)]
    [InlineData("big/a.md", "", SkipReason.TooLarge)]
    [InlineData("linked/a.md", "", SkipReason.Symlink)]
    [InlineData("docs/link.md", "", SkipReason.Symlink)]
    [InlineData("docs", "", SkipReason.NotRegular)]
    [InlineData("docs/a.md/b.md", "", SkipReason.NotRegular)]
    [InlineData("docs/gone.md", "", SkipReason.Changed)]
    [InlineData("Docs/a.md", "", SkipReason.Changed)]
    [InlineData("../a.md", "", SkipReason.OutsideRoot)]
    [InlineData("docs2/a.md", "docs", SkipReason.OutsideRoot)]
    public void A_single_file_is_judged_as_in_a_scan(string path, string folder, object? expected)
    {
        _tree.Write(".gitignore", "draft*\n/private/\n").Write("docs/a.md").Write("docs/draft.md").Write("private/.gitignore", "!*").Write("private/deep/a.md")
            .Write(".git/a.md").Write("docs/.git/a.md").Write("node_modules/x/readme.md").Write("App/App.csproj").Write("App/bin/a.md").Write("docs/.env")
            .Write(".ssh/a.md").Write("package-lock.json").Write("pic.png").Write("big/.gitignore", new string('#', GitIgnore.MaxBytes + 1)).Write("big/a.md")
            .Link("linked", "docs").Link("docs/link.md", "a.md");
        using var root = Openers.Open(Openers.OpenAt2, _tree.Root);

        var entry = new FolderScanner(root).JudgeFile(path, folder, new ScanRules());

        Assert.Equal((path, (SkipReason?)expected), (entry.RelativePath, entry.Skip));
    }

    private List<string> Scan(string folder = "", ScanRules? rules = null)
    {
        using var root = Openers.Open(Openers.OpenAt2, _tree.Root);
        return Show(new FolderScanner(root).Scan(folder, rules ?? new ScanRules(), CancellationToken.None));
    }

    private static List<string> Show(IEnumerable<ScanEntry> entries) =>
        [.. entries.Select(static entry => entry.Skip is { } skip ? $"{entry.RelativePath} {skip}" : entry.RelativePath)];
}

using System.Diagnostics;
using System.Text;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Tests.Brains.Files;

/// <summary>Compares with <c>git check-ignore</c> over generated <c>.gitignore</c> files.</summary>
public sealed class GitIgnoreOracleTests : IDisposable
{
    private const int Rounds = 200;

    private static readonly string[] Names = ["a", "b", "ab", "foo", "foo bar", "bar.txt", "x.log", "[a]", "!neg", "#hash", "end ", "a-b", "Foo", "z]"];

    // Whole lines that the generator would hardly hit.
    private static readonly string[] Lines =
    [
        "", "#comment", "\\#hash", "\\!neg", "!", "/", "//", "foo//", "end\\ ", "end\\  ", "foo   ", "foo\\", "\\", "a/**", "**/a", "a/**/b", "**",
        "/**", "**/", "a**/b", "a/**b", "***", "a/***/b", "[", "[]", "[]]", "[!]", "z[]]", "[[]a]", "\\[a\\]", "[a-", "[z-a]", "[!z-a]", "[[:alpha:]]",
        "[[:nope:]]", "[[:alpha]", "[^a]", "[\\a]", "[a\\", "?", "??", "*", "*.txt", "!*.txt", "/*", "!/a", "*/", "!*/", "/a/*", "a/*/b", "*/b", "a/",
        "/foo/", "!foo/", "foo bar", "foo\\ bar", "bar.???", "[a-b]*", "*[!a]", "a\\/b", "**\\/b", "\ta", "a\t", "x.log\r", "FOO", "[A-F]oo", "a?b", "./a", "../a",
        "[a-a-z]", "[--0]", "a[-]b", "a[!-]b", "a[/]b", "a[^/]b", "foo*bar", "*foo*", "**a", "a**", "/a**b/**/foo",
    ];

    private static readonly string[] Pieces =
        ["a", "b", "ab", "foo", "bar.txt", "x.log", "*", "*", "**", "?", "[a-c]", "[!a]", "[ab]*", "*.txt", "f*", "/", "/", "/", "\\", " ", "-", "o", "."];

    private readonly TempTree _tree = new();
    private readonly List<(string Path, bool IsDirectory)> _paths = [];

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void The_decisions_are_those_of_git()
    {
        if (!GitIsThere())
            return;
        BuildTree();
        var random = new SeededSequence(20);
        using var root = Openers.Open(Openers.OpenAt2, _tree.Root);
        var (differences, ignored) = (new StringBuilder(), 0);
        for (var round = 0; round < Rounds; round++)
        {
            var files = WriteIgnoreFiles(random, round);
            var expected = AskGit();
            var actual = Ours(root);
            ignored += expected.Count;
            foreach (var path in _paths.Select(static entry => entry.Path).Where(path => expected.Contains(path) != actual.Contains(path)))
                differences.AppendLine($"{path}: git says {expected.Contains(path)}; {files}");
        }

        Assert.True(differences.Length == 0, differences.ToString());
        Assert.InRange(ignored, Rounds * 5, Rounds * _paths.Count * 9 / 10);
    }

    [Theory, MemberData(nameof(SingleLines))]
    public void A_line_alone_is_decided_as_by_git(string line)
    {
        if (!GitIsThere())
            return;
        BuildTree();
        _tree.Write(".gitignore", line + "\n").Write("a/.gitignore", "!foo\n" + line + "\n");
        using var root = Openers.Open(Openers.OpenAt2, _tree.Root);

        Assert.Equal(AskGit().Order(StringComparer.Ordinal), Ours(root).Order(StringComparer.Ordinal));
    }

    public static TheoryData<string> SingleLines => [.. Lines.Where(static line => line.Length > 0)];

    private static bool GitIsThere()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", "--version") { RedirectStandardOutput = true, UseShellExecute = false })!;
            git.WaitForExit();
            return true;
        }
        catch (System.ComponentModel.Win32Exception) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip("git is not installed, so there is nothing to compare with.");
            return false;
        }
    }

    private void BuildTree()
    {
        RunGit("init -q", "");
        foreach (var top in new[] { "a", "b", "foo", "[a]", "foo bar", "Foo" })
        {
            AddFiles(top);
            AddFiles(top + "/ab");
            AddFiles(top + "/ab/foo");
        }

        foreach (var name in Names)
        {
            if (!Directory.Exists(_tree.PathOf(name)))
                AddFile(name);
        }
    }

    private void AddFiles(string directory)
    {
        _tree.MakeDirectory(directory);
        _paths.Add((directory, true));
        foreach (var name in Names)
        {
            var leaf = $"{directory}/{name}";
            if (name == "ab" && directory.Split('/').Length == 1 || name == "foo" && directory.EndsWith("/ab", StringComparison.Ordinal))
                continue;
            AddFile(leaf);
        }
    }

    private void AddFile(string path)
    {
        _tree.Write(path);
        _paths.Add((path, false));
    }

    private string WriteIgnoreFiles(SeededSequence random, int round)
    {
        var shown = new StringBuilder();
        foreach (var directory in new[] { "", "a/", "a/ab/", "foo/" })
        {
            var lines = random.Next(3) == 0 ? [] : Enumerable.Range(0, 1 + random.Next(6)).Select(_ => Line(random)).ToArray();
            var text = string.Join('\n', lines) + (round % 2 == 0 ? "\n" : "");
            _tree.Write(directory + ".gitignore", (round % 7 == 0 ? "\ufeff" : "") + text);
            shown.Append($"{directory}.gitignore = {text.ReplaceLineEndings("⏎")} ");
        }

        return shown.ToString();
    }

    private static string Line(SeededSequence random)
    {
        if (random.Next(3) == 0)
            return Lines[random.Next(Lines.Length)];
        var line = string.Concat(Enumerable.Range(0, 1 + random.Next(5)).Select(_ => Pieces[random.Next(Pieces.Length)]));
        return random.Next(5) == 0 ? "!" + line : line;
    }

    private HashSet<string> Ours(RootHandle root)
    {
        var skipped = new FolderScanner(root).Scan("", new ScanRules(), CancellationToken.None)
            .Where(static entry => entry.Skip == SkipReason.Gitignored).Select(static entry => entry.RelativePath).ToHashSet();
        return _paths.Select(static entry => entry.Path).Where(path => Prefixes(path).Any(skipped.Contains)).ToHashSet();
    }

    private static IEnumerable<string> Prefixes(string path)
    {
        for (var end = path.IndexOf('/', StringComparison.Ordinal); end >= 0; end = path.IndexOf('/', end + 1))
            yield return path[..end];
        yield return path;
    }

    private HashSet<string> AskGit() =>
        [.. RunGit("-c core.excludesFile= -c core.ignoreCase=false check-ignore --no-index --stdin -z", string.Join('\0', _paths.Select(static entry => entry.Path)) + '\0')
            .Split('\0', StringSplitOptions.RemoveEmptyEntries)];

    private string RunGit(string arguments, string input)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = _tree.Root,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment.Remove("GIT_DIR");
        using var git = Process.Start(start)!;
        git.StandardInput.Write(input);
        git.StandardInput.Close();
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        // 1: none of the paths is ignored.
        Assert.InRange(git.ExitCode, 0, 1);
        return output;
    }

    // A linear congruential generator: the same corpus on every machine and runtime.
    private sealed class SeededSequence(uint seed)
    {
        private uint _state = seed;

        public int Next(int below)
        {
            _state = unchecked((_state * 1_664_525) + 1_013_904_223);
            return (int)((_state >> 8) % (uint)below);
        }
    }
}

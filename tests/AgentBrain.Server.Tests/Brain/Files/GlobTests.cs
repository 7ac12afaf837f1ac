using System.Diagnostics;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Tests.Brains.Files;

public sealed class GlobTests
{
    [Theory]
    [InlineData("*.md", "a.md", true)]
    [InlineData("*.md", "x/y/a.md", true)]
    [InlineData("*.md", "a.mdx", false)]
    [InlineData("*.md", "a.MD", false)]
    [InlineData("docs", "docs/a/b.txt", true)]
    [InlineData("docs", "x/docs/b.txt", true)]
    [InlineData("docs", "x/docs2/b.txt", false)]
    [InlineData("docs/", "docs", false)]
    [InlineData("docs/", "x/docs/b.txt", true)]
    [InlineData("src/*.cs", "src/a.cs", true)]
    [InlineData("src/*.cs", "src/a/b.cs", false)]
    [InlineData("src/*.cs", "x/src/a.cs", false)]
    [InlineData("./src/*.cs", "src/a.cs", true)]
    [InlineData("/a.md", "a.md", true)]
    [InlineData("/a.md", "x/a.md", false)]
    [InlineData("src/**/*.cs", "src/a.cs", true)]
    [InlineData("src/**/*.cs", "src/a/b/c.cs", true)]
    [InlineData("**/test/**", "a/test/b", true)]
    [InlineData("**/test/**", "test/b", true)]
    [InlineData("src/**", "src/a/b", true)]
    [InlineData("?.md", "a.md", true)]
    [InlineData("?.md", "ab.md", false)]
    [InlineData("a?b", "a/b", false)]
    [InlineData("[a-c].md", "b.md", true)]
    [InlineData("[!a-c].md", "b.md", false)]
    [InlineData("*.{cs,ts}", "x/a.ts", true)]
    [InlineData("*.{cs,ts}", "x/a.tsx", false)]
    [InlineData("{src,lib}/**/*.c", "lib/a/b.c", true)]
    [InlineData("{a,b{c,d}}.md", "bd.md", true)]
    [InlineData("\\{a\\}.md", "{a}.md", true)]
    [InlineData("a+(b).md", "a+(b).md", true)]
    [InlineData("a.md", "axmd", false)]
    [InlineData("ä*.md", "äb.md", true)]
    public void A_pattern_matches_as_in_git(string pattern, string path, bool expected) =>
        Assert.Equal(expected, GlobPattern.Parse(pattern).IsMatch(path));

    [Fact]
    public void A_directory_pattern_matches_a_directory() => Assert.True(GlobPattern.Parse("docs/").IsMatch("x/docs", isDirectory: true));

    [Theory]
    [InlineData("")]
    [InlineData("[a")]
    [InlineData("[[:nope:]]")]
    [InlineData("{a,b")]
    [InlineData("a}")]
    [InlineData("a\\")]
    [InlineData("!a")]
    [InlineData("../a")]
    [InlineData("a/../b")]
    [InlineData("a//b")]
    [InlineData("/")]
    [InlineData("a\0b")]
    public void A_bad_pattern_is_refused_by_name(string pattern)
    {
        var refusal = Assert.Throws<BrainException>(() => GlobSet.Parse(["*.md", pattern]));

        Assert.Equal((BrainFault.InvalidArgument, "bad_pattern"), (refusal.Fault, refusal.Reason));
        Assert.Contains($"'{pattern}'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Length_and_count_are_bounded()
    {
        Assert.Equal("bad_pattern", Assert.Throws<BrainException>(() => GlobPattern.Parse(new string('a', 513))).Reason);
        Assert.True(GlobPattern.Parse(new string('a', 512)).IsMatch(new string('a', 512)));
        Assert.Equal("too_many_patterns", Assert.Throws<BrainException>(() => GlobSet.Parse([.. Enumerable.Repeat("a", 101)])).Reason);
        Assert.True(GlobSet.Parse([.. Enumerable.Repeat("a", 100)]).IsMatch("a"));
        Assert.False(GlobSet.Empty.IsMatch("a"));
    }

    [Theory]
    [InlineData("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b")]
    [InlineData("**/a/**/a/**/a/**/a/**/a/**/a/**/a/**/b")]
    public void A_pattern_made_to_backtrack_does_not(string pattern)
    {
        var glob = GlobPattern.Parse(pattern);
        var path = string.Join('/', Enumerable.Repeat(new string('a', 40), 50)) + "/" + string.Join('/', Enumerable.Repeat("a", 500));
        var watch = Stopwatch.StartNew();

        Assert.False(glob.IsMatch(path));

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("**/*a???????????????/**/*b???????????????/**/x01")]
    [InlineData("**/*[!b]???????????????????????????????/**/*[!a]???????????????????????????????/**/x")]
    [InlineData("*{a,b}*{a,b}*{a,b}*{a,b}??????????????????")]
    [InlineData("**/?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*\u0001")]
    public void Patterns_made_to_blow_up_an_automaton_take_neither_time_nor_memory(string pattern)
    {
        var paths = HostilePaths();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();

        var globs = GlobSet.Parse([.. Enumerable.Repeat(pattern, 5)]);
        foreach (var path in paths)
            globs.IsMatch(path);

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * 1024 * 1024);
    }

    [Fact]
    public void Ignore_rules_made_to_blow_up_an_automaton_take_neither_time_nor_memory()
    {
        var paths = HostilePaths();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();

        var rules = GitIgnore.Parse("**/*a???????????????/**/*b???????????????/**/x01\n" + string.Concat(Enumerable.Repeat("*a?", 300)) + "x\n");
        foreach (var path in paths)
            Assert.Null(rules.Decide(path, isDirectory: false));

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        // The name that a rule without a slash is for is a text of its own.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * 1024 * 1024);
    }

    [Fact]
    public void Braces_that_stand_for_too_much_are_refused()
    {
        var refusal = Assert.Throws<BrainException>(() => GlobPattern.Parse(string.Concat(Enumerable.Repeat("{a,b}", 100))));

        Assert.Equal("bad_pattern", refusal.Reason);
        Assert.Contains($"{Wildmatch.MaxPositions}", refusal.Message, StringComparison.Ordinal);
        Assert.True(GlobPattern.Parse("{a,b}{a,b}{a,b}{a,b}{a,b}").IsMatch("ababa"));
        Assert.True(GlobPattern.Parse($"*.{{{string.Join(',', Enumerable.Range(10, 100))}}}").IsMatch("x/a.109"));
    }

    [Theory]
    [InlineData("{*,a}{**/,b}c", "xc", true)]
    [InlineData("{*,a}{**/,b}c", "x/y/c", true)]
    [InlineData("{*,a}{**/,b}c", "x/yc", false)]
    [InlineData("{*,a}{**/,b}c", "xbc", true)]
    [InlineData("x/{**/,}{**/,}c", "x/c", true)]
    [InlineData("x/{**/,}{**/,}c", "x/yc", false)]
    [InlineData("{*,**}/c", "a/b/c", true)]
    [InlineData("{a,}", "x/a/y", true)]
    [InlineData("**/**/**", "a", true)]
    [InlineData("[[:alpha:]x-z_]?[!0-9]", "_\ud83d\ude00", true)]
    [InlineData("a[+-0]b", "a/b", false)]
    public void Stars_beside_stars_mean_what_they_say(string pattern, string path, bool expected) =>
        Assert.Equal(expected, GlobPattern.Parse(pattern).IsMatch(path));

    private static List<string> HostilePaths()
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, 20_000).Select(_ => string.Join('/', Enumerable.Range(0, 5).Select(_ => string.Concat(Enumerable.Range(0, 24).Select(_ => "ab"[random.Next(2)])))))];
    }
}

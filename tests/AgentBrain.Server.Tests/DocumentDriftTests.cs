using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using AgentBrain.Server.Authorization.Tokens;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Tests;

/// <summary>What the documents say of codes, settings and tests is what there is, in both directions.</summary>
public sealed partial class DocumentDriftTests
{
    private static readonly string Repository = FindRepository();

    private static readonly Dictionary<string, string> Codes = typeof(Reasons).GetFields(BindingFlags.Public | BindingFlags.Static)
        .ToDictionary(field => field.Name, field => (string)field.GetRawConstantValue()!, StringComparer.Ordinal);

    [Fact]
    public void Every_reason_is_once_in_the_operators_tables_and_nothing_else_is()
    {
        var told = ReasonRows().SelectMany(row => row.Codes).ToList();

        Assert.Equal(Codes.Values.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_reason_of_access_tokens_has_the_status_that_it_is_answered_with()
    {
        var rows = ReasonRows().Where(row => row.IsOfTokens).ToList();

        Assert.NotEmpty(rows);
        Assert.All(rows.SelectMany(row => row.Codes.Select(code => (code, row.Status))), told => Assert.Equal(TokenRefusals.Of(told.code).Status.ToString(CultureInfo.InvariantCulture), told.Status));
    }

    [Fact]
    public void Every_reason_is_given_somewhere()
    {
        var source = string.Concat(Files("*.cs", "AgentBrain.OAuth", "AgentBrain.Server").Where(path => Path.GetFileName(path) is not ("Reasons.cs" or "TokenRefusals.cs")).Select(File.ReadAllText));

        var given = GivenReason().Matches(source).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);

        Assert.Empty(Codes.Keys.Except(given));
    }

    [Fact]
    public void Every_setting_is_documented_and_every_documented_setting_exists()
    {
        var told = SettingName().Matches(Read("README.md") + Read("docs", "oauth.md")).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
        var everywhere = SettingName().Matches(string.Concat(Files("*.md", "docs").Select(File.ReadAllText))).Select(match => match.Value).Where(name => name[^1] != '_').Distinct();

        Assert.Empty(SettingNames.Known.Except(told));
        Assert.DoesNotContain(everywhere, name => !SettingNames.Known.Contains(name) && !SettingNames.Reserved.Contains(name));
    }

    [Theory]
    [InlineData("threat-model.md")]
    [InlineData("security-review.md")]
    public void Every_test_that_is_named_exists(string document)
    {
        var sources = Files("*.cs", "tests").Select(File.ReadAllText).ToList();
        var named = Quoted().Matches(Read("docs", document)).Select(match => match.Groups["text"].Value).Where(text => TestName().IsMatch(text) && text.Any(char.IsLower)).Distinct().ToList();

        Assert.NotEmpty(named);
        Assert.DoesNotContain(named, name => !sources.Any(source => Has(source, name)));
    }

    private static bool Has(string source, string name) => name.Split('.') switch
    {
        [var method] when method.Contains('_', StringComparison.Ordinal) => Declares(source, method),
        [var type] => Declares(source, "class " + type),
        [var type, "*"] => Declares(source, "class " + type),
        [var type, var method] => Declares(source, "class " + type) && Declares(source, method),
        _ => false,
    };

    /// <summary>The name, and not the beginning of a longer one.</summary>
    private static bool Declares(string source, string name)
    {
        for (var at = source.IndexOf($" {name}", StringComparison.Ordinal); at >= 0; at = source.IndexOf($" {name}", at + 1, StringComparison.Ordinal))
        {
            if (at + name.Length + 1 is var end && (end == source.Length || !(char.IsLetterOrDigit(source[end]) || source[end] == '_')))
                return true;
        }

        return false;
    }

    private static IEnumerable<(string[] Codes, string Status, bool IsOfTokens)> ReasonRows()
    {
        var section = Read("docs", "operations.md").Split("\n## ").Single(part => part.StartsWith("Reason codes", StringComparison.Ordinal));
        var tokens = section.IndexOf("### Access tokens", StringComparison.Ordinal);
        Assert.True(tokens > 0);
        foreach (Match row in ReasonRow().Matches(section))
            yield return ([.. Quoted().Matches(row.Groups["codes"].Value).Select(code => code.Groups["text"].Value)], row.Groups["status"].Value, row.Index > tokens);
    }

    private static IEnumerable<string> Files(string pattern, params string[] folders) => folders
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository, folder), pattern, SearchOption.AllDirectories))
        .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "node_modules"));

    private static string Read(params string[] path) => File.ReadAllText(Path.Combine([Repository, .. path]));

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "AgentBrain.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");

        return folder.FullName;
    }

    [GeneratedRegex(@"^\| (?<codes>`[^|]*`) \| (?<status>[0-9]{3}|–) \|", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex ReasonRow();

    [GeneratedRegex("`(?<text>[^`\n]+)`", RegexOptions.NonBacktracking)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\bReasons\.(?<name>\w+)", RegexOptions.NonBacktracking)]
    private static partial Regex GivenReason();

    [GeneratedRegex("AGENT_BRAIN_[A-Z_]+", RegexOptions.NonBacktracking)]
    private static partial Regex SettingName();

    [GeneratedRegex(@"^([A-Z]\w*(Tests|Matrix)|[A-Z]\w*\.(\*|[A-Z]\w*_\w+)|[A-Z][A-Za-z0-9]*(_[A-Za-z0-9]+)+)\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex TestName();
}

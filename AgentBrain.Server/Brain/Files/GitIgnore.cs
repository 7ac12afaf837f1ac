using System.Collections.Immutable;

namespace AgentBrain.Server.Brains.Files;

/// <summary>The rules of one <c>.gitignore</c> file.</summary>
internal sealed class GitIgnore
{
    /// <summary>The name of the file.</summary>
    public const string FileName = ".gitignore";

    /// <summary>Largest file, in bytes.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>Most rules in a file.</summary>
    public const int MaxRules = 5_000;

    /// <summary>Longest rule, in characters.</summary>
    public const int MaxRuleLength = 1_024;

    private readonly ImmutableArray<IgnoreRule> _rules;

    private GitIgnore(ImmutableArray<IgnoreRule> rules) => _rules = rules;

    /// <summary>Reads a file's text.</summary>
    /// <exception cref="FileRefusedException">
    /// <see cref="SkipReason.TooLarge"/>: too many rules, or one too long. What it would exclude is then unknown, so the directory is not read.
    /// </exception>
    public static GitIgnore Parse(string text)
    {
        var rules = ImmutableArray.CreateBuilder<IgnoreRule>();
        var rest = text.AsSpan().TrimStart('\ufeff');
        foreach (var range in rest.Split('\n'))
        {
            var line = rest[range];
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line[^1] == '\r')
                line = line[..^1];
            line = line[..LengthWithoutTrailingSpaces(line)];
            if (line.Length == 0)
                continue;
            if (line.Length > MaxRuleLength || rules.Count == MaxRules)
                throw new FileRefusedException(SkipReason.TooLarge, $"More than {MaxRules} rules, or one of more than {MaxRuleLength} characters.");
            rules.Add(new IgnoreRule(line.ToString()));
        }

        return new GitIgnore(rules.DrainToImmutable());
    }

    /// <summary>What the last rule that matches says.</summary>
    /// <param name="path">The path, relative to the directory of the file.</param>
    /// <param name="isDirectory">Whether the path is a directory's.</param>
    /// <returns>True: ignored; false: taken back; null: no rule matches.</returns>
    public bool? Decide(string path, bool isDirectory)
    {
        for (var i = _rules.Length - 1; i >= 0; i--)
        {
            if (_rules[i].IsMatch(path, isDirectory))
                return !_rules[i].Negates;
        }

        return null;
    }

    private static int LengthWithoutTrailingSpaces(ReadOnlySpan<char> line)
    {
        var length = line.Length;
        var firstSpace = -1;
        for (var i = 0; i < line.Length; i++)
        {
            switch (line[i])
            {
                case ' ':
                    firstSpace = firstSpace < 0 ? i : firstSpace;
                    break;
                case '\\' when i + 1 == line.Length:
                    return length;
                case '\\':
                    i++;
                    firstSpace = -1;
                    break;
                default:
                    firstSpace = -1;
                    break;
            }
        }

        return firstSpace < 0 ? length : firstSpace;
    }
}

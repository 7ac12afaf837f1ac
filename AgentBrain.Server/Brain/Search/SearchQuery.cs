using System.Collections.Frozen;
using System.Collections.Immutable;

namespace AgentBrain.Server.Brains.Search;

/// <summary>
/// A query as terms. Nothing of the caller's text reaches the index's query language but letters and digits in quotes, so no syntax
/// of that language can be smuggled in.
/// </summary>
/// <param name="Terms">Distinct terms, in order of appearance, at most <see cref="MaxTerms"/>.</param>
internal sealed record SearchQuery(ImmutableArray<string> Terms)
{
    /// <summary>Terms beyond this are dropped: a pasted page is a query too, but not a reason to read the whole index.</summary>
    public const int MaxTerms = 32;

    private static readonly FrozenSet<string> Stopwords = FrozenSet.ToFrozenSet(
    [
        "a", "an", "and", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "how", "i", "in", "is", "it", "of", "on", "or",
        "that", "the", "this", "to", "was", "we", "what", "when", "where", "which", "who", "why", "will", "with", "you",
    ]);

    /// <summary>Reads a query. Common words are left out unless there is nothing else.</summary>
    public static SearchQuery Parse(string text)
    {
        var read = new WordList();
        TextAnalyzer.Visit(text, read);
        var words = read.Words;
        var meaningful = words.Where(word => !Stopwords.Contains(word.Term)).ToList();
        if (meaningful.Count == 0)
        {
            meaningful = words;
        }

        var terms = meaningful.Select(word => word.Term).Distinct().Take(MaxTerms);
        return new SearchQuery([.. terms.Union(Joined(meaningful), StringComparer.Ordinal).Take(MaxTerms)]);
    }

    /// <summary>The query in the index's language: any of the terms, in any column. Null when there is no term.</summary>
    public string? ToMatch() => Terms.IsEmpty ? null : string.Join(" OR ", Terms.Select(Quote));

    /// <summary>One term in the index's language.</summary>
    public static string Quote(string term) => $"\"{term.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Neighbouring words written as one, so that <c>replay store</c> ranks <c>ReplayStore</c> first.</summary>
    private static IEnumerable<string> Joined(List<(string Term, bool IsPart)> words)
    {
        var whole = words.Where(word => !word.IsPart).Select(word => word.Term).ToList();
        return whole.Zip(whole.Skip(1), (left, right) => left + right).Where(joined => joined.Length <= 40).Take(8);
    }

    private sealed class WordList : ITermSink
    {
        public List<(string Term, bool IsPart)> Words { get; } = [];

        public void Add(ReadOnlySpan<char> term, bool isPart)
        {
            if (Words.Count < MaxTerms * 8)
            {
                Words.Add((term.ToString(), isPart));
            }
        }
    }
}

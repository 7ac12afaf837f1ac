using System.Collections.Immutable;
using AgentBrain.Server.Brains.Storage;

namespace AgentBrain.Server.Brains.Search;

/// <summary>Says why chunks were found, from the index itself: which terms each has and what they are worth there.</summary>
internal static class HitExplainer
{
    /// <summary>Explains rows with their scores.</summary>
    public static Dictionary<long, HitExplanation> Explain(
        SqliteSession session,
        SearchQuery query,
        IReadOnlyList<(long Row, double Score)> rows,
        CancellationToken cancellationToken)
    {
        var weights = rows.ToDictionary(row => row.Row, _ => new List<(string Term, double Weight)>());
        foreach (var term in query.Terms)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var (row, rank) in ChunksTable.RanksOf(session, SearchQuery.Quote(term), weights.Keys))
            {
                weights[row].Add((term, Math.Round(-rank, 6)));
            }
        }

        return rows.ToDictionary(row => row.Row, row => Explain(query, weights[row.Row], row.Score));
    }

    private static HitExplanation Explain(SearchQuery query, List<(string Term, double Weight)> weights, double score)
    {
        weights.Sort((left, right) => right.Weight.CompareTo(left.Weight));
        var contributions = weights.Select(weight => KeyValuePair.Create("term:" + weight.Term, weight.Weight)).Append(KeyValuePair.Create("bm25", score));
        var reason = weights.Count == 0
            ? "No single term of the query stands in this chunk."
            : $"It has {weights.Count} of the query's {query.Terms.Length} terms; '{weights[0].Term}' weighs most.";
        return new HitExplanation(reason, [.. weights.Select(weight => weight.Term)], contributions.ToImmutableSortedDictionary(StringComparer.Ordinal));
    }
}

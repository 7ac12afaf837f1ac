using System.Collections.Immutable;
using AgentBrain.Server.Brains.Storage;

namespace AgentBrain.Server.Brains.Search;

/// <summary>Answers searches by terms, and says what the other modes would need.</summary>
/// <param name="database">The brain's database.</param>
/// <param name="cache">Answers of the current generation of the index.</param>
/// <param name="telemetry">Spans and metrics.</param>
/// <param name="time">The clock that measures a search.</param>
internal sealed class Searcher(BrainDatabase database, SearchCache cache, BrainTelemetry telemetry, TimeProvider time)
{
    private const string NoVectors = "this version has no embeddings yet";

    /// <summary>Answers a search.</summary>
    /// <exception cref="BrainException">The mode is not available (<c>mode_not_available</c>), a filter is malformed, or the storage failed.</exception>
    public SearchResponse Search(SearchRequest request, CancellationToken cancellationToken)
    {
        var (mode, notice) = Available(request.Mode);
        using var span = telemetry.StartSearch();
        var started = time.GetTimestamp();
        var generation = database.Generation;
        var key = request.CacheKey();
        var cached = cache.Find(generation, key);
        var response = (cached ?? Compute(request, mode, notice, cancellationToken)) with { Elapsed = time.GetElapsedTime(started) };
        if (cached is null && !request.Explain)
        {
            cache.Store(generation, key, response);
        }

        telemetry.Searched(span, response, cached is not null);
        return response;
    }

    /// <summary>Explains one chunk's place in the results of a search.</summary>
    /// <returns>The search's answer and the hit with its explanation; no hit if the chunk is not among the first <see cref="SearchRequest.TopK"/>.</returns>
    public (SearchResponse Response, SearchHit? Hit) Explain(SearchRequest request, string chunkId, CancellationToken cancellationToken)
    {
        var response = Search(request with { Explain = false }, cancellationToken);
        if (response.Hits.FirstOrDefault(hit => hit.Chunk.Id == chunkId) is not { } hit)
        {
            return (response, null);
        }

        var explanation = database.Read(
            session => ChunksTable.RowOf(session, chunkId) is { } row
                ? HitExplainer.Explain(session, SearchQuery.Parse(request.Query), [(row, hit.Score)], cancellationToken)[row]
                : null,
            cancellationToken);
        return (response, explanation is null ? null : hit with { Explanation = explanation });
    }

    /// <summary>Vector and graph have nothing to fall back to; hybrid and multi openly use the part that exists.</summary>
    private static (SearchMode Mode, string? Notice) Available(SearchMode asked) => asked switch
    {
        SearchMode.Bm25 => (SearchMode.Bm25, null),
        SearchMode.Hybrid or SearchMode.Multi => (
            SearchMode.Bm25,
            $"Answered by terms (bm25) alone: {NoVectors}. mode=bm25 leaves this note out."),
        SearchMode.Vector => throw new BrainException(
            BrainFault.Unavailable,
            "mode_not_available",
            $"There is no vector search: {NoVectors}. Use mode=bm25."),
        _ => throw new BrainException(
            BrainFault.Unavailable,
            "mode_not_available",
            "There is no graph search: this version builds no graph yet. Use mode=bm25."),
    };

    private SearchResponse Compute(SearchRequest request, SearchMode mode, string? notice, CancellationToken cancellationToken)
    {
        var query = SearchQuery.Parse(request.Query);
        var filter = SearchFilter.For(request);
        var hits = database.Read(session => Find(session, query, filter, request, cancellationToken), cancellationToken);
        return new SearchResponse(mode, notice, hits, TimeSpan.Zero);
    }

    private static ImmutableArray<SearchHit> Find(
        SqliteSession session,
        SearchQuery query,
        SearchFilter filter,
        SearchRequest request,
        CancellationToken cancellationToken)
    {
        if (query.ToMatch() is not { } match)
        {
            return [];
        }

        var rows = filter.IsEmpty ? ChunksTable.Top(session, match, request.TopK) : Filtered(session, match, filter, request.TopK, cancellationToken);
        if (rows.DistinctBy(row => row.Row).Count() < rows.Count)
        {
            // A sound inverted index has every chunk once.
            throw StorageFaults.Damaged();
        }

        var best = rows.Count > 0 ? rows[0].Rank : 0;
        var scored = rows
            .Select(row => (row.Row, Score: best < 0 ? Math.Round(row.Rank / best, 6) : 1))
            .TakeWhile(row => row.Score >= request.SimilarityThreshold)
            .ToList();
        var explanations = request.Explain ? HitExplainer.Explain(session, query, scored, cancellationToken) : [];
        return [.. scored.Select(row => new SearchHit(ChunksTable.Get(session, row.Row), row.Score, explanations.GetValueOrDefault(row.Row)))];
    }

    private static List<(long Row, double Rank)> Filtered(
        SqliteSession session,
        string match,
        SearchFilter filter,
        int limit,
        CancellationToken cancellationToken)
    {
        var rows = new List<(long, double)>(limit);
        ChunksTable.Match(session, match, found =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (filter.Accepts(found))
            {
                rows.Add((found.Row, found.Rank));
            }

            return rows.Count < limit;
        });
        return rows;
    }
}

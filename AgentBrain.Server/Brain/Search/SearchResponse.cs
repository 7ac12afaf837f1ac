using System.Collections.Immutable;

namespace AgentBrain.Server.Brains.Search;

/// <summary>The answer to a search.</summary>
/// <param name="ModeUsed">How it was answered; differs from what was asked where <paramref name="Notice"/> says why.</param>
/// <param name="Notice">What the caller should know about the mode, or null.</param>
/// <param name="Hits">Best first.</param>
/// <param name="Elapsed">Time it took.</param>
internal sealed record SearchResponse(SearchMode ModeUsed, string? Notice, ImmutableArray<SearchHit> Hits, TimeSpan Elapsed);

/// <summary>One result.</summary>
/// <param name="Chunk">The chunk.</param>
/// <param name="Score">0 to 1, relative to the best result of this search.</param>
/// <param name="Explanation">Why it was found, if asked.</param>
internal sealed record SearchHit(ChunkRecord Chunk, double Score, HitExplanation? Explanation);

/// <summary>Why a chunk was found.</summary>
/// <param name="Reason">One sentence.</param>
/// <param name="MatchedTerms">The query's terms that occur in the chunk, its path, headings or symbol.</param>
/// <param name="Contributions">What each source of evidence added: <c>bm25</c>, and <c>term:…</c> for each term.</param>
internal sealed record HitExplanation(string Reason, ImmutableArray<string> MatchedTerms, ImmutableSortedDictionary<string, double> Contributions);

using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Search;

namespace AgentBrain.Server.Tests.Brains.Search;

public sealed class SearchTests : IDisposable
{
    private readonly SeededIndex _index = new();

    public void Dispose() => _index.Dispose();

    [Theory]
    [InlineData("ReplayStore")]
    [InlineData("replay store")]
    [InlineData("replaystore")]
    [InlineData("the REPLAY of a Store")]
    public void An_identifier_is_found_whole_and_split(string query)
    {
        _index.Add("store.cs", "public sealed class ReplayStore { }", "csharp", "code");
        _index.Add("other.md", "Nothing of the kind stands here.");

        Assert.Equal("store.cs", _index.Find(query)[0]);
    }

    [Fact]
    public void Two_words_rank_the_identifier_made_of_them_above_a_text_that_has_them_apart()
    {
        _index.Add("shop.md", "The store opens early. A replay of the match is shown in every store and a replay again.");
        _index.Add("code.cs", "class ReplayStore : IStore { void Add() { } }", "csharp", "code");

        Assert.Equal("code.cs", _index.Find("replay store")[0]);
    }

    [Fact]
    public void A_symbol_finds_its_definition_before_its_uses()
    {
        _index.Add("use.cs", "var cache = new SearchCache(); SearchCache other = cache; // SearchCache", "csharp", "code", "Program.Main");
        _index.Add("definition.cs", "/// The most recent answers, kept as long as the index stays as it is. internal sealed class SearchCache(int capacity) with many other words", "csharp", "code", "SearchCache");

        Assert.Equal("definition.cs", _index.Find("SearchCache")[0]);
    }

    [Theory]
    [InlineData("snake_case_name", "case")]
    [InlineData("HTTPServerOptions", "server options")]
    [InlineData("utf8Decoder", "utf decoder")]
    [InlineData("Überprüfung der Größe", "uberprufung große")]
    [InlineData("認証サーバーの設定", "サーバー")]
    [InlineData("indexing of documents", "indexed document")]
    public void A_word_is_found_however_it_is_written(string text, string query)
    {
        _index.Add("a.md", text);
        _index.Add("b.md", "unrelated prose about weather");

        Assert.Equal("a.md", Assert.Single(_index.Find(query)));
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("' OR 1=1 --")]
    [InlineData("body:secret")]
    [InlineData("NEAR(a b, 2)")]
    [InlineData("a AND (b OR")]
    [InlineData("a* ^b + - {body context}: c")]
    [InlineData("\0\u0001\ud800")]
    [InlineData("{}[]()\\/")]
    [InlineData("the of and")]
    public void A_query_is_never_read_as_query_syntax(string query)
    {
        _index.Add("a.md", "a plain sentence about a secret");

        var exception = Record.Exception(() => _index.Find(query));

        Assert.Null(exception);
    }

    [Fact]
    public void An_operator_word_is_a_word()
    {
        _index.Add("a.md", "logic NOT gate");
        _index.Add("b.md", "something else");

        Assert.Equal("a.md", Assert.Single(_index.Find("NOT gate")));
    }

    [Fact]
    public void Filters_apply_before_the_cut()
    {
        for (var i = 0; i < 50; i++)
        {
            _index.Add($"doc{i}.md", "token token token token");
        }

        _index.Add("deep.cs", "a token among many other words that make its rank low indeed", "csharp", "code");

        Assert.Equal("deep.cs", Assert.Single(_index.Find("token", request => request with { TopK = 3, Languages = ["csharp"] })));
        Assert.Equal("deep.cs", Assert.Single(_index.Find("token", request => request with { TopK = 3, SourceTypes = ["code"] })));
    }

    [Fact]
    public void Filtered_results_come_in_the_order_of_their_rank()
    {
        _index.Add("weak.md", "token and a lot of other words that say nothing about it at all in any way whatsoever");
        _index.Add("strong.md", "token token token");
        _index.Add("middle.md", "token token and a few more words here");

        var filtered = _index.Find("token", request => request with { Languages = ["markdown"] });

        Assert.Equal(_index.Find("token"), filtered);
        Assert.Equal("strong.md", filtered[0]);
    }

    [Fact]
    public void Scores_run_from_one_downwards_and_the_threshold_cuts()
    {
        _index.Add("strong.md", "token token token");
        _index.Add("weak.md", "token and a lot of other words that say nothing about it at all in any way whatsoever, really nothing");
        var request = new SearchRequest { Query = "token", Mode = SearchMode.Bm25 };

        var hits = _index.Searcher.Search(request, CancellationToken.None).Hits;
        var cut = _index.Searcher.Search(request with { SimilarityThreshold = 0.999 }, CancellationToken.None).Hits;

        Assert.Equal(1, hits[0].Score);
        Assert.InRange(hits[1].Score, 0, 0.999);
        Assert.Single(cut);
    }

    [Fact]
    public void Hybrid_falls_back_to_bm25_and_says_so()
    {
        _index.Add("a.md", "token");

        var response = _index.Searcher.Search(new SearchRequest { Query = "token", Mode = SearchMode.Hybrid }, CancellationToken.None);

        Assert.Equal(SearchMode.Bm25, response.ModeUsed);
        Assert.Contains("bm25", response.Notice, StringComparison.Ordinal);
        Assert.Single(response.Hits);
    }

    [Theory]
    [InlineData(SearchMode.Vector)]
    [InlineData(SearchMode.Graph)]
    internal void A_mode_that_is_not_there_is_refused_by_name(SearchMode mode)
    {
        var refusal = Assert.Throws<BrainException>(() => _index.Searcher.Search(new SearchRequest { Query = "token", Mode = mode }, CancellationToken.None));

        Assert.Equal("mode_not_available", refusal.Reason);
        Assert.Contains("mode=bm25", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_explanation_names_the_terms_that_matched_and_their_weight()
    {
        _index.Add("a.md", "validate the proof of possession");
        _index.Add("b.md", "something else");

        var hit = _index.Searcher.Search(
            new SearchRequest { Query = "proof validation elephant", Mode = SearchMode.Bm25, Explain = true },
            CancellationToken.None).Hits[0];

        Assert.Contains("proof", hit.Explanation!.MatchedTerms);
        Assert.DoesNotContain("elephant", hit.Explanation.MatchedTerms);
        Assert.True(hit.Explanation.Contributions["term:proof"] > 0);
    }

    [Fact]
    public void A_repeated_search_is_served_from_memory_until_the_index_changes()
    {
        _index.Add("a.md", "token");
        _index.Find("token");
        _index.Find("token");
        Assert.Equal((1, 1, 1), _index.Cache.Measure());

        _index.Add("b.md", "token");

        Assert.Equal(2, _index.Find("token").Count);
    }

    [Fact]
    public void A_chunk_is_found_by_its_public_id()
    {
        _index.Add("a.md", "token");
        var id = _index.Searcher.Search(new SearchRequest { Query = "token", Mode = SearchMode.Bm25 }, CancellationToken.None).Hits[0].Chunk.Id;

        var chunk = _index.Database.Read(session => AgentBrain.Server.Brains.Storage.ChunksTable.Find(session, id));

        Assert.Equal("token", chunk!.Text);
        Assert.Matches("^chunk_[0-9a-f]{16}_0$", id);
    }
}

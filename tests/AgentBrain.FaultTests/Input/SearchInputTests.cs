using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AgentBrain.FaultTests.Support;

namespace AgentBrain.FaultTests.Input;

/// <summary>Searches that are malformed or mean to be more than a search.</summary>
public sealed class SearchInputTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly HttpClient Http = new();

    [Theory]
    [InlineData("0", "out_of_range")]
    [InlineData("-1", "out_of_range")]
    [InlineData("101", "out_of_range")]
    [InlineData("1000000000", "out_of_range")]
    [InlineData("1e400", "wrong_type")]
    [InlineData("2.5", "wrong_type")]
    [InlineData("\"10\"", "wrong_type")]
    [InlineData("true", "wrong_type")]
    [InlineData("[10]", "wrong_type")]
    [InlineData("{}", "wrong_type")]
    public async Task A_number_of_results_out_of_range_or_of_another_type_is_refused(string topK, string reason)
    {
        var answer = await RawAsync($$"""{"query":"lighthouse","top_k":{{topK}}}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(reason, answer.Result!["_meta"]!["agent-brain/error"]!["reason"]!.GetValue<string>());
        Assert.Contains("top_k must be", answer.Text, StringComparison.Ordinal);
        Assert.Contains("between 1 and 100", answer.Text, StringComparison.Ordinal);
        await shared.StillServesAsync();
    }

    [Theory]
    [InlineData("lighthouse\"")]
    [InlineData("\"lighthouse")]
    [InlineData("\"\"\"lighthouse\"\"")]
    [InlineData("lighthouse AND")]
    [InlineData("NEAR(lighthouse keeper, 5)")]
    [InlineData("lighthous*")]
    [InlineData("lighthouse NOT keeper")]
    [InlineData("{body context} : lighthouse")]
    [InlineData("body : lighthouse")]
    [InlineData("- body : lighthouse")]
    [InlineData("^lighthouse + keeper")]
    [InlineData("lighthouse) OR (1=1")]
    [InlineData("'; DROP TABLE chunks; -- lighthouse")]
    [InlineData("lighthouse\u0000keeper")]
    [InlineData("rank MATCH 'bm25()' lighthouse")]
    [InlineData("lighthouse 😀 ﷽ \u202e keeper")]
    public async Task Syntax_of_the_index_in_a_query_is_only_words(string query)
    {
        var answer = await shared.Client.DoAsync("search_documents", new { query, mode = "bm25", explain = true });

        if (!query.Contains('*'))
            Assert.EndsWith("kept/anchor.md", answer.Result!["results"]![0]!["source"]!.GetValue<string>(), StringComparison.Ordinal);
        await shared.StillServesAsync();
    }

    [Theory]
    [InlineData("*")]
    [InlineData("\"")]
    [InlineData("()")]
    [InlineData("...")]
    public async Task A_query_without_a_word_finds_nothing(string query)
    {
        Assert.Empty(await shared.Client.FindAsync(query));
        await shared.StillServesAsync();
    }

    [Theory]
    [InlineData("""{"query":"light\ud800house"}""")]
    [InlineData("""{"query":"\udc00"}""")]
    [InlineData("""{"query":"lighthouse","\udfff":1}""")]
    public async Task Half_of_a_surrogate_pair_is_refused(string arguments)
    {
        var answer = await RawAsync(arguments);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("half of a surrogate pair", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("InvalidOperationException", shared.Server.Output.Text, StringComparison.Ordinal);
        await shared.StillServesAsync();
    }

    [Fact]
    public async Task A_query_has_up_to_1000_characters()
    {
        await shared.RefusesAsync("search_documents", new { query = new string('x', 1001) }, "out_of_range", "1 to 1000 characters");
        await shared.RefusesAsync("search_documents", new { query = "" }, "out_of_range", "1 to 1000 characters");
        Assert.Empty(await shared.Client.FindAsync(new string('x', 1000)));
        Assert.Empty(await shared.Client.FindAsync(string.Concat(Enumerable.Repeat("\"*(", 333))));
    }

    [Fact]
    public async Task Filters_and_modes_that_are_not_there_are_refused_by_name()
    {
        await shared.RefusesAsync("search_documents", new { query = "a", mode = "fuzzy" }, "not_one_of", "bm25");
        await shared.RefusesAsync("search_documents", new { query = "a", mode = "vector" }, "mode_not_available", "mode=bm25");
        await shared.RefusesAsync("search_documents", new { query = "a", limit = 3 }, "unknown_argument", "top_k");
        await shared.RefusesAsync("search_documents", new { top_k = 3 }, "missing_argument", "query");
    }

    /// <summary>A call whose arguments are written out, since no client library would send these.</summary>
    private async Task<(HttpStatusCode Status, JsonNode? Result, string Text)> RawAsync(string arguments)
    {
        const string meta = """{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"raw","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}""";
        var body = $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search_documents","arguments":{{{arguments}}},"_meta":{{{meta}}}}}""";
        using var request = new HttpRequestMessage(HttpMethod.Post, shared.Server.Endpoint) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", "2026-07-28");
        request.Headers.TryAddWithoutValidation("Mcp-Method", "tools/call");
        request.Headers.TryAddWithoutValidation("Mcp-Name", "search_documents");
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var json = text.Split('\n').FirstOrDefault(line => line.StartsWith("data: ", StringComparison.Ordinal))?[6..] ?? text;
        return (response.StatusCode, JsonNode.Parse(json)?["result"], text);
    }
}

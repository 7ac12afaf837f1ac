using AgentBrain.Server.Authorization;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Mcp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Tests.Mcp;

/// <summary>Where the schema that a model reads and what the server does have come apart elsewhere.</summary>
public sealed class ContractDriftTests
{
    [Fact]
    public async Task The_whole_range_that_the_schema_promises_is_taken()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        for (var i = 0; i < 110; i++)
        {
            brain.Seed($"f{i}.md", "alpha");
        }

        var all = await brain.AnswerAsync("search_documents", new { query = "alpha", top_k = 100, similarity_threshold = 0, alpha = 0 });
        Assert.Equal(100, all.GetProperty("total_results").GetInt32());
        await brain.AnswerAsync("search_documents", new { query = "alpha", top_k = 1, similarity_threshold = 1, alpha = 1 });
        await brain.AnswerAsync("search_documents", new { query = new string('a', 1000) });
        Assert.Equal("query must have 1 to 1000 characters; 1001 were given.", (await brain.RefusalAsync("search_documents", new { query = new string('a', 1001) })).Text);
        var last = all.GetProperty("results")[99].GetProperty("chunk_id").GetString();
        Assert.Equal(100, (await brain.AnswerAsync("explain_result", new { query = "alpha", chunk_id = last, top_k = 200 })).GetProperty("rank").GetInt32());
        await brain.AnswerAsync("list_jobs", new { limit = 100 });
        await brain.AnswerAsync("index_folder", new { folder_path = "root", chunk_size = 2048, chunk_overlap = 200 });
        await brain.AnswerAsync("index_folder", new { folder_path = "root", chunk_size = 128, chunk_overlap = 0 });
    }

    [Fact]
    public async Task Explain_gives_each_result_its_explanation()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        brain.Seed("a.md", "alpha beta");
        brain.Seed("b.md", "alpha");
        var results = (await brain.AnswerAsync("search_documents", new { query = "alpha beta", explain = true })).GetProperty("results");
        Assert.Equal(2, results.GetArrayLength());
        Assert.All(results.EnumerateArray(), item => Assert.Contains("alpha", item.GetProperty("explanation").GetProperty("matched_terms").EnumerateArray().Select(term => term.GetString())));
        var plain = (await brain.AnswerAsync("search_documents", new { query = "alpha beta" })).GetProperty("results");
        Assert.All(plain.EnumerateArray(), item => Assert.False(item.TryGetProperty("explanation", out _)));
    }

    [Fact]
    public async Task A_pattern_may_be_written_with_the_path_that_the_caller_was_shown()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        brain.Seed("docs/a.md", "alpha");
        brain.Seed("src/a.md", "alpha");
        foreach (var pattern in new[] { Path.Combine(brain.RootPath, "docs", "**"), "root/docs/**", "docs/*.md" })
        {
            var results = (await brain.AnswerAsync("search_documents", new { query = "alpha", file_paths = new[] { pattern } })).GetProperty("results");
            Assert.EndsWith("docs/a.md", Assert.Single(results.EnumerateArray()).GetProperty("source").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_path_pattern_that_is_no_glob_is_a_refusal()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        brain.Seed("a.md", "alpha");
        Assert.Equal(-32602, (await brain.RefusalAsync("search_documents", new { query = "alpha", file_paths = new[] { "[" } })).Code);
    }

    [Fact]
    public async Task What_is_served_is_what_the_scope_table_has()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<ICallContexts>(brain.Contexts);
        services.AddMcpServer().AddBrainTools();
        await using var provider = services.BuildServiceProvider();
        var options = provider.GetRequiredService<IOptions<McpServerOptions>>().Value;
        ScopeTableCheck.Run(options);
        Assert.Equal(ScopeTable.Tools.Keys.Order(StringComparer.Ordinal), options.ToolCollection!.PrimitiveNames.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_completion_that_the_brain_cannot_give_is_an_error_and_names_the_fix()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        brain.Contexts.Fault = new BrainException(BrainFault.Storage, "database_corrupt", "The index file is damaged: move index.db away.");
        var error = await Assert.ThrowsAsync<McpProtocolException>(() => brain.Client.CompleteAsync(new PromptReference { Name = "find-callers" }, "symbol", "a").AsTask());
        Assert.Equal(McpErrorCode.InternalError, error.ErrorCode);
        Assert.Contains("move index.db away", error.Message, StringComparison.Ordinal);
    }
}

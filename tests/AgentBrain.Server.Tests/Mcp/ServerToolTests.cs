using AgentBrain.Server.Brains;

namespace AgentBrain.Server.Tests.Mcp;

public sealed class ServerToolTests
{
    [Fact]
    public async Task Counts_are_real()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        Assert.Equal(0, (await brain.AnswerAsync("query_count")).GetProperty("total_documents").GetInt32());
        brain.Seed("a.md", "alpha");
        brain.Seed("b.md", "beta");
        var counts = await brain.AnswerAsync("query_count");
        Assert.Equal((2, 2), (counts.GetProperty("total_documents").GetInt32(), counts.GetProperty("total_chunks").GetInt32()));
    }

    [Fact]
    public async Task Health_answers_also_when_the_brain_cannot_be_opened()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        var well = await brain.AnswerAsync("server_health");
        Assert.Equal(("healthy", "none"), (well.GetProperty("status").GetString(), well.GetProperty("mode").GetString()));

        brain.Contexts.Fault = new BrainException(BrainFault.Storage, "database_corrupt", "The index file is damaged: move index.db away.");
        var ill = await brain.AnswerAsync("server_health");
        Assert.Equal(("unhealthy", "database_corrupt"), (ill.GetProperty("status").GetString(), ill.GetProperty("reason").GetString()));
        Assert.Contains("move index.db away", ill.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(("database_corrupt", -32603), (await brain.RefusalAsync("query_count")) is var refusal ? (refusal.Reason, refusal.Code) : default);
        Assert.Contains(brain.Log.Lines, line => line.Contains("database_corrupt", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failure_that_nothing_foresaw_is_logged_and_not_told()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        brain.Contexts.Fault = new InvalidOperationException("password=hunter2");
        var result = await brain.CallAsync("list_folders");
        Assert.True(result.IsError);
        var id = result.Meta!["agent-brain/error"]!["correlation_id"]!.GetValue<string>();
        Assert.Contains(id, ConnectedBrain.TextOf(result), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", System.Text.Json.JsonSerializer.Serialize(result, ModelContextProtocol.McpJsonUtilities.DefaultOptions), StringComparison.Ordinal);
        Assert.Contains(brain.Log.Lines, line => line.Contains(id, StringComparison.Ordinal) && line.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whoami_tells_the_principal_and_the_roots()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        var local = await brain.AnswerAsync("whoami");
        Assert.Equal(("none", "local", brain.RootPath), (local.GetProperty("mode").GetString(), local.GetProperty("subject").GetString(), local.GetProperty("roots")[0].GetString()));
        brain.Contexts.IsLocal = false;
        var remote = await brain.AnswerAsync("whoami");
        Assert.Equal(
            ("oauth", "alice", "https://as.example", "client-1", "https://brain.example/mcp", "default", "root"),
            (remote.GetProperty("mode").GetString(), remote.GetProperty("subject").GetString(), remote.GetProperty("issuer").GetString(), remote.GetProperty("client_id").GetString(), remote.GetProperty("resource").GetString(), remote.GetProperty("brain").GetString(), remote.GetProperty("roots")[0].GetString()));
        Assert.Equal(["agent-brain:read", "agent-brain:index"], remote.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
    }

    [Fact]
    public async Task The_cache_shows_hits_and_is_cleared()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        brain.Seed("a.md", "alpha");
        for (var i = 0; i < 4; i++)
        {
            await brain.AnswerAsync("search_documents", new { query = "alpha" });
        }

        var status = await brain.AnswerAsync("cache_status");
        Assert.Equal((3, 1, 0.75, 1), (status.GetProperty("hits").GetInt64(), status.GetProperty("misses").GetInt64(), status.GetProperty("hit_rate").GetDouble(), status.GetProperty("mem_entries").GetInt32()));
        Assert.Equal(1, (await brain.AnswerAsync("clear_cache", new { confirm = true })).GetProperty("count").GetInt32());
        Assert.Equal(0, (await brain.AnswerAsync("cache_status")).GetProperty("mem_entries").GetInt32());
        Assert.Equal(1, (await brain.AnswerAsync("query_count")).GetProperty("total_chunks").GetInt32());
    }

    [Fact]
    public async Task File_types_have_the_presets()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        var types = await brain.AnswerAsync("list_file_types");
        Assert.Equal(16, types.GetProperty("preset_count").GetInt32());
        Assert.Equal("*.py", types.GetProperty("presets").GetProperty("python")[0].GetString());
        Assert.True(types.GetProperty("extension_count").GetInt32() > 30);
        Assert.Contains("go-module", types.GetProperty("languages").EnumerateArray().Select(language => language.GetString()));
    }
}

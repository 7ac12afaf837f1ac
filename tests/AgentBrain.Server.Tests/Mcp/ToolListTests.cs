using System.Text.Json;
using AgentBrain.Server.Mcp;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace AgentBrain.Server.Tests.Mcp;

public sealed class ToolListTests
{
    private static readonly string[] Names =
    [
        "add_documents", "cache_status", "cancel_job", "clear_cache", "explain_result", "get_job", "index_folder", "inject_documents", "list_file_types",
        "list_folders", "list_jobs", "query_count", "remove_folder", "search_documents", "server_health", "wait_for_job", "whoami",
    ];

    [Fact]
    public async Task All_seventeen_tools_are_listed_with_all_four_hints()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        Assert.Equal(Names, brain.Tools.Keys.Order(StringComparer.Ordinal));
        foreach (var tool in brain.Tools.Values)
        {
            Assert.NotNull(tool.Annotations!.ReadOnlyHint);
            Assert.NotNull(tool.Annotations.DestructiveHint);
            Assert.NotNull(tool.Annotations.IdempotentHint);
            Assert.NotNull(tool.Annotations.OpenWorldHint);
            Assert.NotEmpty(tool.Title!);
            Assert.True(tool.Description!.Length > 60, tool.Name);
        }

        Assert.Equal(["cancel_job", "clear_cache", "remove_folder"], brain.Tools.Values.Where(tool => tool.Annotations!.DestructiveHint!.Value).Select(tool => tool.Name).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["add_documents", "cancel_job", "clear_cache", "index_folder", "inject_documents", "remove_folder"],
            brain.Tools.Values.Where(tool => !tool.Annotations!.ReadOnlyHint!.Value).Select(tool => tool.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_schema_forbids_other_members_and_describes_each_of_its_own()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        foreach (var tool in brain.Tools.Values)
        {
            foreach (var schema in new[] { tool.InputSchema, tool.OutputSchema!.Value })
            {
                Assert.Equal("object", schema.GetProperty("type").GetString());
                Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
                foreach (var property in schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject() : default)
                {
                    Assert.True(property.Value.TryGetProperty("description", out _), $"{tool.Name}.{property.Name}");
                    Assert.Matches("^[a-z_]+$", property.Name);
                }
            }
        }
    }

    [Theory]
    [InlineData("search_documents", "query", """{"type":"string","minLength":1,"maxLength":1000}""")]
    [InlineData("search_documents", "mode", """{"type":"string","enum":["bm25","vector","semantic","hybrid","graph","multi"],"default":"hybrid"}""")]
    [InlineData("search_documents", "top_k", """{"type":"integer","minimum":1,"maximum":100,"default":10}""")]
    [InlineData("search_documents", "similarity_threshold", """{"type":"number","minimum":0,"maximum":1,"default":0}""")]
    [InlineData("search_documents", "alpha", """{"type":"number","minimum":0,"maximum":1,"default":0.5}""")]
    [InlineData("search_documents", "languages", """{"type":["array","null"],"items":{"type":"string","minLength":1,"maxLength":4096},"maxItems":50,"default":null}""")]
    [InlineData("search_documents", "explain", """{"type":"boolean","default":false}""")]
    [InlineData("explain_result", "top_k", """{"type":"integer","minimum":1,"maximum":200,"default":50}""")]
    [InlineData("list_jobs", "limit", """{"type":"integer","minimum":1,"maximum":100,"default":20}""")]
    [InlineData("index_folder", "include_code", """{"type":"boolean","default":true}""")]
    [InlineData("index_folder", "chunk_size", """{"type":["integer","null"],"minimum":128,"maximum":2048,"default":null}""")]
    [InlineData("index_folder", "include_patterns", """{"type":["array","null"],"items":{"type":"string","minLength":1,"maxLength":512},"maxItems":100,"default":null}""")]
    [InlineData("inject_documents", "exclude_patterns", """{"type":["array","null"],"items":{"type":"string","minLength":1,"maxLength":512},"maxItems":100,"default":null}""")]
    [InlineData("inject_documents", "chunk_overlap", """{"type":["integer","null"],"minimum":0,"maximum":200,"default":null}""")]
    [InlineData("add_documents", "paths", """{"type":"array","items":{"type":"string","minLength":1,"maxLength":4096},"maxItems":1000,"minItems":1}""")]
    [InlineData("wait_for_job", "poll_interval_seconds", """{"type":"number","minimum":0.5,"maximum":2,"default":1}""")]
    [InlineData("wait_for_job", "timeout_seconds", """{"type":["integer","null"],"minimum":1,"default":null}""")]
    [InlineData("remove_folder", "confirm", """{"type":"boolean","const":true}""")]
    public async Task Schemas_say_type_range_and_default(string tool, string argument, string expected)
    {
        await using var brain = await ConnectedBrain.StartAsync();
        var schema = brain.Tools[tool].InputSchema.GetProperty("properties").GetProperty(argument);
        var rules = schema.EnumerateObject().Where(rule => rule.Name != "description").ToDictionary(rule => rule.Name, rule => rule.Value);
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(expected).RootElement, JsonSerializer.SerializeToElement(rules)), schema.ToString());
    }

    [Theory]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    [InlineData(null)]
    public async Task The_server_introduces_itself_truthfully(string? protocol)
    {
        await using var brain = await ConnectedBrain.StartAsync(protocol: protocol);
        Assert.Equal("agent-brain", brain.Client.ServerInfo!.Name);
        Assert.Equal("Agent Brain", brain.Client.ServerInfo.Title);
        Assert.Equal(ServerDescription.Version, brain.Client.ServerInfo.Version);
        Assert.Matches(@"^\d+\.\d+\.\d+$", ServerDescription.Version);
        Assert.NotNull(brain.Client.ServerCapabilities.Completions);
        Assert.False(brain.Client.ServerCapabilities.Tools!.ListChanged ?? false, "tools");
        Assert.False(brain.Client.ServerCapabilities.Prompts!.ListChanged ?? false, "prompts");
        Assert.Matches("(?s)index_folder.*wait_for_job.*search_documents", brain.Client.ServerInstructions!);
        foreach (var word in brain.Client.ServerInstructions!.Split([' ', ',', '.', ':', ';', '(', ')', '\'', '=', '{', '}', '/', '\n']).Where(word => word.Contains('_', StringComparison.Ordinal)))
        {
            var known = brain.Tools.ContainsKey(word) || brain.Tools.Values.Any(tool => tool.InputSchema.GetProperty("properties").TryGetProperty(word, out _)) || word == "chunk_id";
            Assert.True(known, $"The instructions name {word}, which is neither a tool nor an argument.");
        }
    }

    [Fact]
    public async Task Lists_are_not_for_shared_caches_and_live_as_long_as_those_of_resources()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        var tools = await brain.Client.ListToolsAsync(new ListToolsRequestParams());
        var prompts = await brain.Client.ListPromptsAsync(new ListPromptsRequestParams());
        Assert.Equal((CacheScope.Private, TimeSpan.FromMinutes(5)), (tools.CacheScope, tools.TimeToLive));
        Assert.Equal((CacheScope.Private, TimeSpan.FromMinutes(5)), (prompts.CacheScope, prompts.TimeToLive));
    }

    [Fact]
    public async Task An_unknown_tool_is_a_protocol_error()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        var error = await Assert.ThrowsAsync<McpProtocolException>(() => brain.Client.CallToolAsync("no_such_tool").AsTask());
        Assert.Equal(McpErrorCode.InvalidParams, error.ErrorCode);
    }
}

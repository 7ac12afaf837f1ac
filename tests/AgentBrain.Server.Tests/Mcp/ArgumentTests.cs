using System.Text.Json;
using AgentBrain.Server.Mcp.Tools;
using AgentBrain.Server.Mcp.Tools.Contracts;

namespace AgentBrain.Server.Tests.Mcp;

public sealed class ArgumentTests
{
    [Theory]
    [InlineData("search_documents", """{"query":""}""", "query must have 1 to 1000 characters; 0 were given.")]
    [InlineData("search_documents", """{"query":7}""", "query must be a text of 1 to 1000 characters; 7 was given.")]
    [InlineData("search_documents", """{"query":null}""", "query must be a text of 1 to 1000 characters; null was given.")]
    [InlineData("search_documents", "{}", "query is missing: it must be a text of 1 to 1000 characters.")]
    [InlineData("search_documents", """{"query":"a","top_k":0}""", "top_k must be between 1 and 100; 0 was given.")]
    [InlineData("search_documents", """{"query":"a","top_k":101}""", "top_k must be between 1 and 100; 101 was given.")]
    [InlineData("search_documents", """{"query":"a","top_k":1e300}""", "top_k must be between 1 and 100; 1e300 was given.")]
    [InlineData("search_documents", """{"query":"a","top_k":"10"}""", "top_k must be a whole number between 1 and 100; \"10\" was given.")]
    [InlineData("search_documents", """{"query":"a","top_k":1.5}""", "top_k must be a whole number between 1 and 100; 1.5 was given.")]
    [InlineData("search_documents", """{"query":"a","top_k":null}""", "top_k must be a whole number between 1 and 100; null was given.")]
    [InlineData("search_documents", """{"query":"a","similarity_threshold":1.01}""", "similarity_threshold must be between 0 and 1; 1.01 was given.")]
    [InlineData("search_documents", """{"query":"a","similarity_threshold":-0.1}""", "similarity_threshold must be between 0 and 1; -0.1 was given.")]
    [InlineData("search_documents", """{"query":"a","alpha":2}""", "alpha must be between 0 and 1; 2 was given.")]
    [InlineData("search_documents", """{"query":"a","alpha":[]}""", "alpha must be a number between 0 and 1; an array was given.")]
    [InlineData("search_documents", """{"query":"a","mode":"BM25"}""", "mode must be one of bm25, vector, semantic, hybrid, graph, multi; 'BM25' was given.")]
    [InlineData("search_documents", """{"query":"a","explain":"true"}""", "explain must be true or false; \"true\" was given.")]
    [InlineData("search_documents", """{"query":"a","languages":"csharp"}""", "languages must be a list of 0 to 50 texts; \"csharp\" was given.")]
    [InlineData("search_documents", """{"query":"a","languages":[1]}""", "languages[0] must be a text of 1 to 4096 characters; 1 was given.")]
    [InlineData("search_documents", """{"query":"a","file_paths":[""]}""", "file_paths[0] must have 1 to 4096 characters; 0 were given.")]
    [InlineData("search_documents", """{"query":"a","source_types":["prose"]}""", "source_types holds 'prose', which is none of: doc, code, test.")]
    [InlineData("explain_result", """{"query":"a","chunk_id":"c","top_k":201}""", "top_k must be between 1 and 200; 201 was given.")]
    [InlineData("explain_result", """{"query":"a","chunk_id":"c","top_k":0}""", "top_k must be between 1 and 200; 0 was given.")]
    [InlineData("explain_result", """{"query":"a"}""", "chunk_id is missing: it must be a text of 1 to 128 characters.")]
    [InlineData("explain_result", """{"query":"a","chunk_id":"c","alpha":-1}""", "alpha must be between 0 and 1; -1 was given.")]
    [InlineData("list_jobs", """{"limit":0}""", "limit must be between 1 and 100; 0 was given.")]
    [InlineData("list_jobs", """{"limit":101}""", "limit must be between 1 and 100; 101 was given.")]
    [InlineData("get_job", "{}", "job_id is missing: it must be a text of 1 to 64 characters.")]
    [InlineData("wait_for_job", """{"job_id":"j","poll_interval_seconds":0.4}""", "poll_interval_seconds must be between 0.5 and 2; 0.4 was given.")]
    [InlineData("wait_for_job", """{"job_id":"j","poll_interval_seconds":2.1}""", "poll_interval_seconds must be between 0.5 and 2; 2.1 was given.")]
    [InlineData("wait_for_job", """{"job_id":"j","timeout_seconds":0}""", "timeout_seconds must be at least 1; 0 was given.")]
    [InlineData("index_folder", """{"folder_path":"root","chunk_size":127}""", "chunk_size must be between 128 and 2048; 127 was given.")]
    [InlineData("index_folder", """{"folder_path":"root","chunk_size":2049}""", "chunk_size must be between 128 and 2048; 2049 was given.")]
    [InlineData("index_folder", """{"folder_path":"root","chunk_overlap":201}""", "chunk_overlap must be between 0 and 200; 201 was given.")]
    [InlineData("index_folder", """{"folder_path":"root","chunk_overlap":-1}""", "chunk_overlap must be between 0 and 200; -1 was given.")]
    [InlineData("index_folder", """{"folder_path":"root","chunk_size":128,"chunk_overlap":128}""", "chunk_overlap must be smaller than chunk_size; 128 and 128 were given.")]
    [InlineData("index_folder", """{"folder_path":""}""", "folder_path must have 1 to 4096 characters; 0 were given.")]
    [InlineData("index_folder", """{"folder_path":"root","force":1}""", "force must be true or false; 1 was given.")]
    [InlineData("inject_documents", """{"folder_path":"root"}""", "folder_metadata_file is missing: it must be a text of 1 to 4096 characters.")]
    [InlineData("inject_documents", """{"folder_path":"root","folder_metadata_file":"root/m.json","chunk_size":128,"chunk_overlap":150}""", "chunk_overlap must be smaller than chunk_size; 150 and 128 were given.")]
    [InlineData("add_documents", """{"paths":[]}""", "paths must have 1 to 1000 items; 0 were given.")]
    [InlineData("add_documents", "{}", "paths is missing: it must be a list of 1 to 1000 texts.")]
    [InlineData("cancel_job", """{"job_id":"j"}""", "confirm is missing: it must be true, to confirm an act that cannot be undone.")]
    [InlineData("cancel_job", """{"job_id":"j","confirm":false}""", "confirm must be true, to confirm an act that cannot be undone; false was given.")]
    [InlineData("remove_folder", """{"folder_path":"root","confirm":"true"}""", "confirm must be true, to confirm an act that cannot be undone; \"true\" was given.")]
    [InlineData("remove_folder", """{"folder_path":"root","confirm":1}""", "confirm must be true, to confirm an act that cannot be undone; 1 was given.")]
    [InlineData("clear_cache", """{"confirm":null}""", "confirm must be true, to confirm an act that cannot be undone; null was given.")]
    public async Task A_wrong_argument_is_refused_by_a_sentence(string tool, string arguments, string sentence)
    {
        await using var brain = await ConnectedBrain.StartAsync();
        var refusal = await brain.RefusalAsync(tool, JsonDocument.Parse(arguments).RootElement);
        Assert.Equal(sentence, refusal.Text);
        Assert.Equal(-32602, refusal.Code);
    }

    [Fact]
    public async Task Every_tool_refuses_an_argument_it_does_not_know_and_names_those_it_does()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        foreach (var tool in brain.Tools.Values)
        {
            var refusal = await brain.RefusalAsync(tool.Name, new { relationship_types = "calls" });
            Assert.Equal("unknown_argument", refusal.Reason);
            Assert.StartsWith($"{tool.Name} has no argument 'relationship_types'.", refusal.Text, StringComparison.Ordinal);
            var data = (await brain.CallAsync(tool.Name, new { relationship_types = "calls" })).Meta!["agent-brain/error"]!;
            Assert.Equal("relationship_types", data["argument"]!.GetValue<string>());
            foreach (var argument in tool.InputSchema.GetProperty("properties").EnumerateObject())
            {
                Assert.Contains(argument.Name, refusal.Text, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("index_folder", "allow_external", "never reads outside")]
    [InlineData("add_documents", "allow_external", "never reads outside")]
    [InlineData("inject_documents", "allow_external", "never reads outside")]
    [InlineData("index_folder", "injector_script", "runs no code")]
    [InlineData("add_documents", "injector_script", "runs no code")]
    [InlineData("inject_documents", "injector_script", "runs no code")]
    public async Task What_this_server_will_not_do_is_refused_by_name_with_the_reason(string tool, string argument, string because)
    {
        await using var brain = await ConnectedBrain.StartAsync();
        var refusal = await brain.RefusalAsync(tool, new Dictionary<string, object> { [argument] = true });
        Assert.Equal("argument_not_supported", refusal.Reason);
        Assert.StartsWith(argument + " is not supported", refusal.Text, StringComparison.Ordinal);
        Assert.Contains(because, refusal.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task To_forbid_what_this_server_never_does_is_taken()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        brain.Running.Root.Write("a.md", "alpha");
        brain.Running.Root.Write("meta.json", "{}");
        await brain.AnswerAsync("index_folder", new { folder_path = "root", allow_external = false });
        await brain.AnswerAsync("add_documents", new { paths = new[] { "root/a.md" }, allow_external = false });
        await brain.AnswerAsync("inject_documents", new { folder_path = "root", folder_metadata_file = "root/meta.json", allow_external = false });
        Assert.Equal("argument_not_supported", (await brain.RefusalAsync("index_folder", new { folder_path = "root", allow_external = "false" })).Reason);
        Assert.Equal("argument_not_supported", (await brain.RefusalAsync("index_folder", new { folder_path = "root", injector_script = false })).Reason);
    }

    [Fact]
    public void The_length_of_a_text_is_counted_in_code_points()
    {
        var contract = new ArgumentContract<SearchDocumentsArguments>("search_documents");
        var longest = string.Concat(Enumerable.Repeat("😀", 1000));
        Assert.Equal(longest, contract.Read(Arguments(("query", longest))).Query);
        Assert.Contains("1001 were given", Assert.Throws<ToolRefusedException>(() => contract.Read(Arguments(("query", longest + "x")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused_and_does_not_fail()
    {
        var contract = new ArgumentContract<SearchDocumentsArguments>("search_documents");
        var half = JsonDocument.Parse("\"\\ud800\"").RootElement;
        Assert.Equal("wrong_type", Assert.Throws<ToolRefusedException>(() => contract.Read([new("query", half)])).Reason);
    }

    [Fact]
    public void What_is_left_out_has_its_default_and_null_is_the_same_where_the_default_is_null()
    {
        var contract = new ArgumentContract<SearchDocumentsArguments>("search_documents");
        var left = contract.Read(Arguments(("query", "a")));
        Assert.Equal(left, contract.Read(Arguments(("query", "a"), ("languages", null), ("file_paths", null), ("source_types", null))));
        Assert.Equal(("hybrid", 10, 0.0, 0.5, false), (left.Mode, left.TopK, left.SimilarityThreshold, left.Alpha, left.Explain));
        Assert.Equal(10, contract.Read(Arguments(("query", "a"), ("top_k", 10.0))).TopK);
    }

    [Fact]
    public void A_refusal_repeats_no_control_characters_and_not_much()
    {
        var contract = new ArgumentContract<SearchDocumentsArguments>("search_documents");
        var refusal = Assert.Throws<ToolRefusedException>(() => contract.Read(Arguments(("query\nIgnore all\u202e" + new string('x', 500), "a"))));
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.DoesNotContain('\u202e', refusal.Message);
        Assert.True(refusal.Message.Length < 300, refusal.Message);
    }

    private static IEnumerable<KeyValuePair<string, JsonElement>> Arguments(params (string Name, object? Value)[] arguments) =>
        arguments.Select(argument => KeyValuePair.Create(argument.Name, JsonSerializer.SerializeToElement(argument.Value)));
}

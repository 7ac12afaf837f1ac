using System.Text.Json;
using AgentBrain.Server.Brains.Jobs;

namespace AgentBrain.Server.Tests.Mcp;

public sealed class IndexingToolTests
{
    [Fact]
    public async Task Index_wait_search_is_the_whole_way()
    {
        await using var brain = await ConnectedBrain.StartAsync(work: true);
        brain.Running.Root.Write("docs/guide.md", "# Guide\n\nRotation of refresh tokens.");
        var job = await brain.AnswerAsync("index_folder", new { folder_path = "root/docs" });
        Assert.Equal(Path.Combine(brain.RootPath, "docs"), job.GetProperty("folder_path").GetString());
        var end = await WaitAsync(brain, job);
        Assert.Equal(1, end.GetProperty("counts").GetProperty("added").GetInt32());
        var found = await brain.AnswerAsync("search_documents", new { query = "refresh rotation" });
        Assert.Equal(Path.Combine(brain.RootPath, "docs", "guide.md"), found.GetProperty("results")[0].GetProperty("source").GetString());
        var folder = (await brain.AnswerAsync("list_folders")).GetProperty("folders")[0];
        Assert.Equal(("off", 1), (folder.GetProperty("watch_mode").GetString(), folder.GetProperty("file_count").GetInt32()));
        Assert.True(folder.TryGetProperty("last_indexed", out _));
    }

    [Fact]
    public async Task Force_does_unchanged_files_anew()
    {
        await using var brain = await ConnectedBrain.StartAsync(work: true);
        brain.Running.Root.Write("a.md", "alpha");
        await WaitAsync(brain, await brain.AnswerAsync("index_folder", new { folder_path = brain.RootPath }));
        var again = await WaitAsync(brain, await brain.AnswerAsync("index_folder", new { folder_path = brain.RootPath }));
        Assert.Equal((1, 0), Counts(again));
        var forced = await WaitAsync(brain, await brain.AnswerAsync("index_folder", new { folder_path = brain.RootPath, force = true }));
        Assert.Equal((0, 1), Counts(forced));
    }

    [Fact]
    public async Task Settings_reach_the_job()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        var id = (await brain.AnswerAsync("index_folder", new { folder_path = "root", include_code = false, chunk_size = 128, chunk_overlap = 127, force = true })).GetProperty("job_id").GetString()!;
        var request = brain.Brain.Jobs.Find(id)!.Request;
        var settings = Assert.Single(request.Targets).Settings;
        Assert.Equal((JobKind.Index, true, false, 128, 127), (request.Kind, request.Force, settings.IncludeCode, settings.ChunkSize, settings.ChunkOverlap));
        Assert.Equal("local", brain.Brain.Jobs.Find(id)!.Owner);
        Assert.Equal(id, (await brain.AnswerAsync("index_folder", new { folder_path = "root", include_code = false, chunk_size = 128, chunk_overlap = 127, force = true })).GetProperty("job_id").GetString());
    }

    [Theory]
    [InlineData("index_folder")]
    [InlineData("inject_documents")]
    public async Task Patterns_decide_which_files_are_indexed_and_are_kept_with_the_folder(string tool)
    {
        await using var brain = await ConnectedBrain.StartAsync(work: true);
        brain.Running.Root.Write("meta.json", """{"team":"search"}""");
        brain.Running.Root.Write("docs/kept.md", "alpha");
        brain.Running.Root.Write("docs/deep/kept.md", "alpha");
        brain.Running.Root.Write("docs/drafts/left.md", "alpha");
        brain.Running.Root.Write("docs/other.txt", "alpha");
        var arguments = Folder(tool, "root/docs");
        arguments["include_patterns"] = new[] { "*.md" };
        arguments["exclude_patterns"] = new[] { "drafts/" };

        var end = await WaitAsync(brain, await brain.AnswerAsync(tool, arguments));

        Assert.Equal("completed", end.GetProperty("status").GetString());
        Assert.Equal(["deep/kept.md", "kept.md"], await FilesAsync(brain));
        var shown = (await brain.AnswerAsync("list_folders")).GetProperty("folders")[0];
        Assert.Equal(("*.md", "drafts/"), (shown.GetProperty("include_patterns")[0].GetString(), shown.GetProperty("exclude_patterns")[0].GetString()));
        Assert.Contains("1 indexed folder:", ConnectedBrain.TextOf(await brain.CallAsync("list_folders")), StringComparison.Ordinal);
        Assert.Contains("2 files, 2 chunks", ConnectedBrain.TextOf(await brain.CallAsync("list_folders")), StringComparison.Ordinal);
        Assert.EndsWith(", only *.md, without drafts/", ConnectedBrain.TextOf(await brain.CallAsync("list_folders")), StringComparison.Ordinal);

        brain.Running.Root.Write("docs/drafts/later.md", "alpha");
        await WaitAsync(brain, await brain.AnswerAsync("add_documents", new { paths = new[] { "root/docs" } }));
        Assert.Equal(["deep/kept.md", "kept.md"], await FilesAsync(brain));

        await WaitAsync(brain, await brain.AnswerAsync(tool, Folder(tool, "root/docs")));
        Assert.Equal(["deep/kept.md", "drafts/later.md", "drafts/left.md", "kept.md", "other.txt"], await FilesAsync(brain));
    }

    [Theory]
    [InlineData("index_folder")]
    [InlineData("inject_documents")]
    public async Task A_pattern_that_is_none_is_refused_by_name_and_makes_no_job(string tool)
    {
        await using var brain = await ConnectedBrain.StartAsync();
        brain.Running.Root.Write("meta.json", "{}");
        foreach (var argument in new[] { "include_patterns", "exclude_patterns" })
        {
            foreach (var (pattern, sentence) in new[] { ("docs[", "The pattern 'docs['"), ("!a", "The pattern '!a'"), ("../a", "The pattern '../a'") })
            {
                var arguments = Folder(tool, "root");
                arguments[argument] = new[] { "*.md", pattern };
                var result = await brain.CallAsync(tool, arguments);
                var error = result.Meta!["agent-brain/error"]!;
                Assert.Equal(("bad_pattern", argument), (error["reason"]!.GetValue<string>(), error["argument"]!.GetValue<string>()));
                Assert.StartsWith($"{argument}: {sentence}", ConnectedBrain.TextOf(result), StringComparison.Ordinal);
            }

            var many = Folder(tool, "root");
            many[argument] = Enumerable.Repeat("*.md", 101);
            Assert.Equal($"{argument} must have 0 to 100 items; 101 were given.", (await brain.RefusalAsync(tool, many)).Text);
            var longest = Folder(tool, "root");
            longest[argument] = new[] { new string('a', 513) };
            Assert.Equal($"{argument}[0] must have 1 to 512 characters; 513 were given.", (await brain.RefusalAsync(tool, longest)).Text);
        }

        Assert.Empty((await brain.AnswerAsync("list_jobs")).GetProperty("jobs").EnumerateArray());
    }

    [Fact]
    public async Task Add_documents_indexes_single_files()
    {
        await using var brain = await ConnectedBrain.StartAsync(work: true);
        brain.Running.Root.Write("docs/a.md", "alpha");
        brain.Running.Root.Write("docs/b.md", "beta");
        var end = await WaitAsync(brain, await brain.AnswerAsync("add_documents", new { paths = new[] { "root/docs/a.md" } }));
        Assert.Equal("completed", end.GetProperty("status").GetString());
        Assert.Equal(1, (await brain.AnswerAsync("query_count")).GetProperty("total_documents").GetInt32());
        Assert.Equal(1, (await brain.AnswerAsync("search_documents", new { query = "alpha" })).GetProperty("total_results").GetInt32());
    }

    [Fact]
    public async Task Injected_metadata_is_in_the_results_and_a_dry_run_changes_nothing()
    {
        await using var brain = await ConnectedBrain.StartAsync(work: true);
        brain.Running.Root.Write("docs/a.md", "alpha");
        brain.Running.Root.Write("meta.json", """{"team":"search","language":"klingon"}""");
        var dry = await brain.AnswerAsync("inject_documents", new { folder_path = "root/docs", folder_metadata_file = "root/meta.json", dry_run = true });
        Assert.Equal(("dry_run", "completed"), (dry.GetProperty("job_id").GetString(), dry.GetProperty("status").GetString()));
        Assert.Empty((await brain.AnswerAsync("list_jobs")).GetProperty("jobs").EnumerateArray());

        await WaitAsync(brain, await brain.AnswerAsync("inject_documents", new { folder_path = "root/docs", folder_metadata_file = "root/meta.json" }));
        var metadata = (await brain.AnswerAsync("search_documents", new { query = "alpha" })).GetProperty("results")[0].GetProperty("metadata");
        Assert.Equal(("search", "markdown"), (metadata.GetProperty("team").GetString(), metadata.GetProperty("language").GetString()));
    }

    [Theory]
    [InlineData("/etc")]
    [InlineData("root/../..")]
    [InlineData("elsewhere/docs")]
    public async Task A_folder_outside_of_the_roots_is_refused(string folder)
    {
        await using var brain = await ConnectedBrain.StartAsync();
        Assert.Equal(("folder_outside_roots", -32602), (await brain.RefusalAsync("index_folder", new { folder_path = folder })) is var refusal ? (refusal.Reason, refusal.Code) : default);
        Assert.Equal("folder_outside_roots", (await brain.RefusalAsync("add_documents", new { paths = new[] { folder } })).Reason);
        Assert.Equal("folder_outside_roots", (await brain.RefusalAsync("inject_documents", new { folder_path = "root", folder_metadata_file = folder })).Reason);
    }

    [Fact]
    public async Task Removing_a_folder_says_how_many_chunks_went_and_a_busy_one_stays()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        brain.Seed("a.md", "alpha");
        brain.Seed("b.md", "alpha");
        var job = JobToolTests.Enqueue(brain, "");
        Assert.Equal(("folder_busy", -32000), (await brain.RefusalAsync("remove_folder", new { folder_path = "root", confirm = true })) is var refusal ? (refusal.Reason, refusal.Code) : default);
        await brain.AnswerAsync("cancel_job", new { job_id = job.Id, confirm = true });
        var answer = await brain.AnswerAsync("remove_folder", new { folder_path = brain.RootPath, confirm = true });
        Assert.Equal((2, brain.RootPath), (answer.GetProperty("chunks_deleted").GetInt32(), answer.GetProperty("folder_path").GetString()));
        Assert.Equal(0, (await brain.AnswerAsync("search_documents", new { query = "alpha" })).GetProperty("total_results").GetInt32());
        Assert.Equal("folder_not_indexed", (await brain.RefusalAsync("remove_folder", new { folder_path = "root", confirm = true })).Reason);
    }

    private static Dictionary<string, object> Folder(string tool, string folder)
    {
        var arguments = new Dictionary<string, object> { ["folder_path"] = folder };
        if (tool == "inject_documents")
        {
            arguments["folder_metadata_file"] = "root/meta.json";
        }

        return arguments;
    }

    private static async Task<IEnumerable<string>> FilesAsync(ConnectedBrain brain) =>
        (await brain.AnswerAsync("search_documents", new { query = "alpha" })).GetProperty("results").EnumerateArray()
            .Select(result => Path.GetRelativePath(Path.Combine(brain.RootPath, "docs"), result.GetProperty("source").GetString()!))
            .Order(StringComparer.Ordinal);

    private static (int Unchanged, int Changed) Counts(JsonElement end) =>
        (end.GetProperty("counts").GetProperty("unchanged").GetInt32(), end.GetProperty("counts").GetProperty("changed").GetInt32());

    private static async Task<JsonElement> WaitAsync(ConnectedBrain brain, JsonElement job)
    {
        var end = await brain.AnswerAsync("wait_for_job", new { job_id = job.GetProperty("job_id").GetString(), timeout_seconds = 60 });
        Assert.True(end.GetProperty("final").GetBoolean(), end.ToString());
        return end;
    }
}

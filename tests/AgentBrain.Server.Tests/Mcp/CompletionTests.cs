using ModelContextProtocol.Protocol;

namespace AgentBrain.Server.Tests.Mcp;

public sealed class CompletionTests
{
    [Fact]
    public async Task Symbols_chunks_jobs_and_paths_come_from_the_index()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        brain.Seed("src/ReplayStore.cs", "x", "csharp", "code", symbol: "ReplayStore.TryAdd");
        brain.Seed("src/Other.cs", "y", "csharp", "code", symbol: "Other.Run");
        var job = JobToolTests.Enqueue(brain, "a").Id;
        Assert.Equal(["ReplayStore.TryAdd"], (await PromptAsync(brain, "find-callers", "symbol", "Repl")).Values);
        Assert.Equal(["csharp", "css", "csv"], (await PromptAsync(brain, "find-callers", "language", "cs")).Values);
        Assert.Equal([brain.RootPath], (await PromptAsync(brain, "explain-architecture", "folder", "")).Values);
        Assert.Equal(2, (await TemplateAsync(brain, "chunk://{chunk_id}", "chunk_id", "chunk_")).Values.Count);
        Assert.Equal([job], (await TemplateAsync(brain, "job://{job_id}", "job_id", job[..8])).Values);
        Assert.Equal(["root/src/ReplayStore.cs"], (await TemplateAsync(brain, "file://{+path}", "path", "root/src/R")).Values);
        Assert.Equal(["Package", "PRD"], (await TemplateAsync(brain, "graph-entity://{type}/{id}", "type", "P")).Values.OrderDescending(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_remote_caller_completes_folders_without_absolute_paths()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        brain.Seed("a.md", "alpha");
        brain.Contexts.IsLocal = false;
        Assert.Equal(["root"], (await PromptAsync(brain, "explain-architecture", "folder", "r")).Values);
        Assert.Empty((await PromptAsync(brain, "explain-architecture", "folder", "/")).Values);
    }

    [Fact]
    public async Task No_more_than_a_hundred_values_are_sent_and_more_are_announced()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        for (var i = 0; i < 101; i++)
        {
            brain.Seed($"f{i}.cs", "x", "csharp", "code", symbol: $"Sym{i:000}");
        }

        var many = await PromptAsync(brain, "find-callers", "symbol", "Sym");
        Assert.Equal((100, true, (int?)null), (many.Values.Count, many.HasMore, many.Total));
        var few = await PromptAsync(brain, "find-callers", "symbol", "Sym10");
        Assert.Equal((1, false, (int?)1), (few.Values.Count, few.HasMore, few.Total));
    }

    [Theory]
    [InlineData("no-such-prompt", "symbol")]
    [InlineData("find-callers", "no_such_argument")]
    [InlineData("find-implementation", "feature")]
    public async Task What_is_unknown_has_no_completions(string prompt, string argument)
    {
        await using var brain = await ConnectedBrain.StartAsync();
        Assert.Empty((await PromptAsync(brain, prompt, argument, "")).Values);
        Assert.Empty((await TemplateAsync(brain, "nothing://{x}", "x", "")).Values);
    }

    private static async Task<Completion> PromptAsync(ConnectedBrain brain, string prompt, string argument, string typed) =>
        (await brain.Client.CompleteAsync(new PromptReference { Name = prompt }, argument, typed)).Completion;

    private static async Task<Completion> TemplateAsync(ConnectedBrain brain, string template, string variable, string typed) =>
        (await brain.Client.CompleteAsync(new ResourceTemplateReference { Uri = template }, variable, typed)).Completion;
}

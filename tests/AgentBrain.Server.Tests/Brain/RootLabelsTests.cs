using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Indexing;
using AgentBrain.Server.Brains.Jobs;
using AgentBrain.Server.Brains.Search;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentBrain.Server.Tests.Brains;

public sealed class RootLabelsTests : IDisposable
{
    private readonly TemporaryDirectory _data = new();
    private readonly TemporaryDirectory _roots = new();

    public void Dispose()
    {
        _data.Dispose();
        _roots.Dispose();
    }

    [Fact]
    public async Task What_came_from_a_root_that_is_not_configured_any_more_is_served_no_longer()
    {
        _roots.Write("a/one.md", "alpha");
        _roots.Write("b/two.md", "alpha");
        await IndexAsync(["a", "b"], "a", "b");

        using var catalog = Start("b");
        var brain = catalog.Get("default");

        Assert.Equal("b/two.md", Assert.Single(Find(brain)).Display);
        Assert.Equal("b", Assert.Single(brain.Folders()).Path.Root);
        Assert.Equal(1, brain.Count().Documents);
        Assert.Null(brain.ReadFile("a/one.md"));
        Assert.All(brain.Jobs.Page(long.MaxValue, 10), job => Assert.NotEmpty(job.Request.Targets.Select(target => brain.Paths.Absolute(target.Folder))));
    }

    [Fact]
    public async Task A_label_stays_with_its_directory_whatever_the_order_of_the_setting()
    {
        _roots.Write("x/docs/one.md", "alpha");
        _roots.Write("y/docs/two.md", "beta");
        await IndexAsync(["x/docs", "y/docs"], "docs", "docs-2");

        using var catalog = Start("y/docs", "x/docs");
        var brain = catalog.Get("default");

        Assert.Equal(["docs-2", "docs"], brain.Definition.Roots.Select(root => root.Label));
        Assert.Equal("docs/one.md", Assert.Single(Find(brain)).Display);
        Assert.Equal(Path.Combine(_roots.Path, "x/docs/one.md"), brain.Paths.Absolute(Find(brain)[0]));
    }

    [Fact]
    public async Task Another_directory_of_the_same_name_does_not_inherit_the_index()
    {
        _roots.Write("x/docs/one.md", "alpha");
        _roots.Write("y/docs/two.md", "beta");
        await IndexAsync(["x/docs"], "docs");

        using var catalog = Start("y/docs");

        Assert.Empty(catalog.Get("default").Folders());
        Assert.Empty(Find(catalog.Get("default")));
    }

    [Fact]
    public async Task Roots_that_nobody_named_drop_nothing_from_the_index()
    {
        _roots.Write("a/one.md", "alpha");
        _roots.Write("b/two.md", "alpha");
        await IndexAsync(["a"], "a");

        using (var elsewhere = Start(named: false, "b"))
        {
            var refusal = Assert.Throws<BrainException>(() => elsewhere.Get("default"));
            Assert.Equal(RootLabels.RootsNotNamed, refusal.Reason);
            Assert.Contains("AGENT_BRAIN_ROOTS", refusal.Message, StringComparison.Ordinal);
        }

        using var again = Start("a");
        Assert.Equal("a/one.md", Assert.Single(Find(again.Get("default"))).Display);
    }

    [Fact]
    public async Task A_job_that_waits_for_a_root_that_is_gone_fails_by_name()
    {
        _roots.Write("a/one.md", "alpha");
        _roots.Write("b/two.md", "alpha");
        string id;
        using (var before = Start("a", "b"))
        {
            id = before.Get("default").Indexing.Folder("a", new FolderSettings(), force: false, "tester").Id;
        }

        using var catalog = Start("b");
        var job = await FinishAsync(catalog.Get("default"), id);

        Assert.Equal((JobState.Failed, "root_not_configured"), (job.State, job.Reason));
    }

    private async Task IndexAsync(string[] roots, params string[] labels)
    {
        using var catalog = Start(roots);
        var brain = catalog.Get("default");
        foreach (var label in labels)
        {
            await FinishAsync(brain, brain.Indexing.Folder(label, new FolderSettings(), force: false, "tester").Id);
        }
    }

    private static async Task<JobRecord> FinishAsync(OpenBrain brain, string id)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var worker = brain.RunJobsAsync(stop.Token);
        while (true)
        {
            var next = brain.Changes.Next();
            if (brain.Jobs.Find(id) is { IsFinal: true } job)
            {
                await stop.CancelAsync();
                await worker;
                return job;
            }

            await next.WaitAsync(stop.Token);
        }
    }

    private static List<BrainPath> Find(OpenBrain brain) =>
        [.. brain.Search(new SearchRequest { Query = "alpha", Mode = SearchMode.Bm25 }, CancellationToken.None).Hits.Select(hit => hit.Chunk.File)];

    /// <summary>As the settings give them: labelled by name and by order.</summary>
    private BrainCatalog Start(params string[] roots) => Start(named: true, roots);

    private BrainCatalog Start(bool named, params string[] roots)
    {
        var labels = new HashSet<string>(StringComparer.Ordinal);
        var configured = roots.Select(root => new BrainRoot(labels.Add(Path.GetFileName(root)) ? Path.GetFileName(root) : Path.GetFileName(root) + "-2", Path.Combine(_roots.Path, root)));
        var environment = new BrainEnvironment
        {
            DataDirectory = _data.Path,
            ServerOwned = [],
            Extractor = null!,
            Time = TimeProvider.System,
            Telemetry = new BrainTelemetry(new NoMeters()),
            Logger = NullLogger.Instance,
        };
        return BrainCatalog.Start([new BrainDefinition("default", [.. configured], new BrainLimits()) { HasNamedRoots = named }], environment, 0);
    }
}

using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Extraction;
using AgentBrain.Server.Brains.Files;
using AgentBrain.Server.Brains.Indexing;
using AgentBrain.Server.Brains.Jobs;
using AgentBrain.Server.Brains.Storage;
using AgentBrain.Server.Tests.Brains.Indexing;

namespace AgentBrain.Server.Tests.Brains.Jobs;

public sealed class JobTests
{
    [Fact]
    public async Task The_same_request_is_not_queued_twice()
    {
        await using var brain = new RunningBrain(work: false);

        var first = brain.Brain.Indexing.Folder("root", new FolderSettings(), force: false, "tester");
        var same = brain.Brain.Indexing.Folder(brain.Root.Path, new FolderSettings(), force: false, "tester");
        var other = brain.Brain.Indexing.Folder("root", new FolderSettings { ChunkSize = 300 }, force: false, "tester");

        Assert.Equal(first.Id, same.Id);
        Assert.NotEqual(first.Id, other.Id);
    }

    [Fact]
    public async Task A_full_queue_refuses_by_name()
    {
        await using var brain = new RunningBrain(new BrainLimits { MaxQueuedJobs = 2 }, work: false);
        brain.Brain.Indexing.Folder("root", new FolderSettings { ChunkSize = 200 }, force: false, "tester");
        brain.Brain.Indexing.Folder("root", new FolderSettings { ChunkSize = 201 }, force: false, "tester");

        var refusal = Assert.Throws<BrainException>(() =>
            brain.Brain.Indexing.Folder("root", new FolderSettings { ChunkSize = 202 }, force: false, "tester"));

        Assert.Equal((BrainFault.Conflict, "queue_full"), (refusal.Fault, refusal.Reason));
    }

    [Fact]
    public async Task A_waiting_job_is_cancelled_at_once_and_a_finished_one_is_not()
    {
        await using var brain = new RunningBrain(work: false);
        var job = brain.Brain.Indexing.Folder("root", new FolderSettings(), force: false, "tester");

        var first = brain.Brain.Jobs.Cancel(job.Id);
        var second = brain.Brain.Jobs.Cancel(job.Id);

        Assert.Equal((JobState.Cancelled, true), (first.Job.State, first.Cancelled));
        Assert.Equal((JobState.Cancelled, false), (second.Job.State, second.Cancelled));
        Assert.Equal("job_not_found", Assert.Throws<BrainException>(() => brain.Brain.Jobs.Cancel("job_000000000000")).Reason);
    }

    [Fact]
    public async Task A_running_job_is_cancelled_between_files_and_keeps_what_is_finished()
    {
        var gate = new GatedExtractor();
        await using var brain = new RunningBrain(extractor: gate);
        brain.Root.Write("a.md", "alpha");
        brain.Root.Write("z.html", "<p>never</p>");
        var job = brain.Brain.Indexing.Folder("root", new FolderSettings(), force: false, "tester");
        await gate.Entered.WaitAsync(TimeSpan.FromSeconds(30));
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (brain.Find("alpha").Count == 0)
        {
            // What is done is written although the slow document keeps the job.
            await Task.Delay(20, timeout.Token);
        }

        var (_, cancelled) = brain.Brain.Jobs.Cancel(job.Id);
        var final = await brain.FinishAsync(job);

        Assert.True(cancelled);
        Assert.Equal(JobState.Cancelled, final.State);
        Assert.Equal("a.md", Assert.Single(brain.Find("alpha")));
    }

    [Fact]
    public async Task A_job_that_runs_too_long_fails_by_name()
    {
        await using var brain = new RunningBrain(new BrainLimits { JobTimeout = TimeSpan.FromMilliseconds(200) }, new GatedExtractor());
        brain.Root.Write("z.html", "<p>never</p>");

        var final = await brain.FinishAsync(brain.Brain.Indexing.Folder("root", new FolderSettings(), force: false, "tester"));

        Assert.Equal((JobState.Failed, "timeout"), (final.State, final.Reason));
    }

    [Fact]
    public async Task A_document_that_cannot_be_parsed_fails_itself_and_not_the_job()
    {
        await using var brain = new RunningBrain();
        brain.Root.Write("a.md", "alpha");
        brain.Root.Write("b.html", "<p>beta</p>");

        var job = await brain.IndexAsync();

        Assert.Equal(1, job.Counts.Added);
        Assert.Equal(1, job.Counts.Skipped["extraction_failed"]);
    }

    [Fact]
    public async Task A_parsed_document_is_cached_by_content_and_the_cache_can_be_cleared()
    {
        var extractor = new CountingExtractor();
        await using var brain = new RunningBrain(extractor: extractor);
        brain.Root.Write("a.html", "<p>alpha</p>");
        await brain.IndexAsync();
        await brain.IndexAsync(settings: new FolderSettings { ChunkSize = 300 });
        Assert.Equal(1, extractor.Calls);
        Assert.Equal(1, brain.Brain.Cache().Entries);

        var cleared = brain.Brain.ClearCache();
        await brain.IndexAsync(force: true);

        Assert.Equal(1, cleared.Entries);
        Assert.Equal(2, extractor.Calls);
        Assert.Equal("a.html", Assert.Single(brain.Find("parsed")));
    }

    [Fact]
    public async Task A_job_that_ran_when_the_server_stopped_goes_on_without_redoing_finished_files()
    {
        var gate = new GatedExtractor();
        await using var brain = new RunningBrain(extractor: gate);
        for (var i = 0; i < 20; i++)
        {
            brain.Root.Write($"a{i}.md", "alpha");
        }

        brain.Root.Write("z.html", "<p>never</p>");
        var job = brain.Brain.Indexing.Folder("root", new FolderSettings(), force: true, "tester");
        await gate.Entered.WaitAsync(TimeSpan.FromSeconds(30));
        using var stop = new CancellationTokenSource();
        gate.Release();
        Assert.Equal(JobState.Completed, (await brain.FinishAsync(job)).State);

        // The job is put back as a crash would leave it: running, with all of its files done.
        brain.Database.Write(session => session.Execute("UPDATE jobs SET state = 'Running'"));
        using var restarted = new OpenBrain(brain.Definition, brain.Database, brain.Environment);
        var worker = restarted.RunJobsAsync(stop.Token);
        var final = await WaitAsync(restarted, job.Id);
        await stop.CancelAsync();
        await worker;

        Assert.Equal((JobState.Completed, 2), (final.State, final.Attempts));
        Assert.Equal((0, 21), (final.Counts.Changed, final.Counts.Unchanged));
    }

    [Fact]
    public async Task A_job_that_takes_the_server_down_each_time_fails_at_last()
    {
        await using var brain = new RunningBrain(work: false);
        var job = brain.Brain.Indexing.Folder("root", new FolderSettings(), force: false, "tester");
        brain.Database.Write(session => session.Execute("UPDATE jobs SET state = 'Running', attempts = 3"));

        using var restarted = new OpenBrain(brain.Definition, brain.Database, brain.Environment);

        Assert.Equal((JobState.Failed, "too_many_attempts"), (restarted.Jobs.Find(job.Id)!.State, restarted.Jobs.Find(job.Id)!.Reason));
    }

    [Fact]
    public async Task A_job_that_got_on_before_each_stop_of_the_server_goes_on_and_one_that_no_longer_does_fails()
    {
        await using var brain = new RunningBrain(work: false);
        var job = brain.Brain.Indexing.Folder("root", new FolderSettings(), force: false, "tester");
        var folder = brain.Database.Write(session => FoldersTable.Upsert(session, new BrainPath("root", ""), new FolderSettings(), null));

        var states = new List<JobState>();
        for (var stop = 1; stop <= 8; stop++)
        {
            // The first five attempts finish a file each; the others write that of the fifth again and again.
            brain.Database.Write(session => FilesTable.Replace(session, folder, Prepared($"a{Math.Min(stop, 5)}.md"), "v1", job.Id));
            brain.Database.Write(session => session.Execute("UPDATE jobs SET state = 'Running', attempts = attempts + 1"));
            var restarted = new JobQueue(brain.Database, brain.Definition.Limits, new BrainChanges(), TimeProvider.System);
            states.Add(restarted.Find(job.Id)!.State);
        }

        Assert.Equal([.. Enumerable.Repeat(JobState.Pending, 7), JobState.Failed], states);
    }

    private static PreparedFile Prepared(string path) => new()
    {
        Path = new BrainPath("root", path),
        Sha256 = path,
        Size = 1,
        Modified = DateTimeOffset.UnixEpoch,
        Type = new FileType(DocumentFormat.Markdown, "markdown"),
        SourceType = "doc",
        Chunks = [new PreparedChunk(new AgentBrain.Server.Brains.Chunking.ChunkDraft("alpha", 1, 1), "alpha", path)],
    };

    private static async Task<JobRecord> WaitAsync(OpenBrain brain, string id)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var next = brain.Changes.Next();
            if (brain.Jobs.Find(id) is { IsFinal: true } job)
            {
                return job;
            }

            await next.WaitAsync(timeout.Token);
        }
    }

    private sealed class GatedExtractor : IDocumentExtractor
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Entered => _entered.Task;

        public void Release() => _released.SetResult();

        public async Task<ExtractedDocument> ExtractAsync(DocumentFormat format, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
        {
            _entered.TrySetResult();
            await _released.Task.WaitAsync(cancellationToken);
            return new ExtractedDocument(null, [new ExtractedPage(1, "released")]);
        }
    }

    private sealed class CountingExtractor : IDocumentExtractor
    {
        public int Calls { get; private set; }

        public Task<ExtractedDocument> ExtractAsync(DocumentFormat format, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
        {
            Calls++;
            return Task.FromResult(new ExtractedDocument("Title", [new ExtractedPage(1, "# Parsed\n\nparsed text")]));
        }
    }
}

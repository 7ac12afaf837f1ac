using System.Buffers.Text;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Indexing;
using AgentBrain.Server.Brains.Jobs;

namespace AgentBrain.Server.Tests.Mcp;

public sealed class JobToolTests
{
    [Fact]
    public async Task Pages_have_every_job_once_newest_first_though_jobs_come_in_between()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        var ids = Enumerable.Range(0, 7).Select(number => Enqueue(brain, $"folder{number}").Id).Reverse().ToList();
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await brain.AnswerAsync("list_jobs", new { limit = 3, cursor });
            seen.AddRange(page.GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("job_id").GetString()!));
            cursor = page.TryGetProperty("next_cursor", out var next) ? next.GetString() : null;
            Enqueue(brain, $"later{seen.Count}");
        }
        while (cursor is not null);
        Assert.Equal(ids, seen);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("MTA=")]
    [InlineData("AAAAAAAAAAAA")]
    [InlineData("AQAAAAAAAAAA")]
    [InlineData("Af__________")]
    [InlineData("éééééééééééé")]
    [InlineData("' OR 1=1 --")]
    public async Task A_cursor_that_the_server_did_not_write_is_refused(string cursor)
    {
        await using var brain = await ConnectedBrain.StartAsync();
        var refusal = await brain.RefusalAsync("list_jobs", new { cursor });
        Assert.Equal(("bad_cursor", -32602), (refusal.Reason, refusal.Code));
    }

    [Fact]
    public async Task A_cursor_is_opaque_base64url()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        Enqueue(brain, "a");
        Enqueue(brain, "b");
        var cursor = (await brain.AnswerAsync("list_jobs", new { limit = 1 })).GetProperty("next_cursor").GetString()!;
        Assert.True(Base64Url.IsValid(cursor), cursor);
    }

    [Fact]
    public async Task A_job_in_full_has_progress_times_counts_and_reasons()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        var job = Enqueue(brain, "docs");
        var running = brain.Brain.Jobs.TakeNext()!;
        running.Report(running.Record with { Processed = 120, Total = 400, Message = "120 of 400 files looked at." });
        var half = await brain.AnswerAsync("get_job", new { job_id = job.Id });
        Assert.Equal("running", half.GetProperty("status").GetString());
        Assert.Equal(30, half.GetProperty("progress_percent").GetDouble());
        Assert.True(half.TryGetProperty("started_at", out _));
        Assert.False(half.TryGetProperty("completed_at", out _));

        var counts = new JobCounts { Added = 3, Changed = 2, Unchanged = 1, Removed = 4, Chunks = 9 };
        counts.Skipped["binary"] = 5;
        brain.Brain.Jobs.Finish(running, running.Record with { State = JobState.Failed, Reason = "job_timeout", Message = "It ran too long.", Counts = counts, FinishedAt = DateTimeOffset.UnixEpoch });
        var answer = await brain.AnswerAsync("get_job", new { job_id = job.Id });
        Assert.Equal(("failed", "job_timeout", "It ran too long."), (answer.GetProperty("status").GetString(), answer.GetProperty("reason").GetString(), answer.GetProperty("message").GetString()));
        Assert.Equal("1970-01-01T00:00:00+00:00", answer.GetProperty("completed_at").GetString());
        Assert.Equal((3, 5), (answer.GetProperty("counts").GetProperty("added").GetInt32(), answer.GetProperty("counts").GetProperty("skipped").GetProperty("binary").GetInt32()));
    }

    [Theory]
    [InlineData("get_job")]
    [InlineData("wait_for_job")]
    [InlineData("cancel_job")]
    public async Task A_job_that_is_not_there_is_not_found(string tool)
    {
        await using var brain = await ConnectedBrain.StartAsync();
        object arguments = tool == "cancel_job" ? new { job_id = "job_000000000000", confirm = true } : new { job_id = "job_000000000000" };
        var refusal = await brain.RefusalAsync(tool, arguments);
        Assert.Equal(("job_not_found", -32602), (refusal.Reason, refusal.Code));
    }

    [Fact]
    public async Task Cancelling_tells_the_truth()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        var waiting = Enqueue(brain, "a");
        var first = await brain.AnswerAsync("cancel_job", new { job_id = waiting.Id, confirm = true });
        Assert.Equal((true, "cancelled"), (first.GetProperty("cancelled").GetBoolean(), first.GetProperty("status").GetString()));
        var second = await brain.AnswerAsync("cancel_job", new { job_id = waiting.Id, confirm = true });
        Assert.False(second.GetProperty("cancelled").GetBoolean());
        Assert.Contains("had ended already", second.GetProperty("message").GetString(), StringComparison.Ordinal);

        var job = Enqueue(brain, "b");
        var running = brain.Brain.Jobs.TakeNext()!;
        var third = await brain.AnswerAsync("cancel_job", new { job_id = job.Id, confirm = true });
        Assert.Equal((true, "running"), (third.GetProperty("cancelled").GetBoolean(), third.GetProperty("status").GetString()));
        Assert.True(running.Cancelled.IsCancellationRequested);
        brain.Brain.Jobs.Finish(running, running.Record with { State = JobState.Cancelled });
    }

    [Fact]
    public async Task A_job_is_not_cancelled_without_confirmation()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        var job = Enqueue(brain, "a");
        Assert.Equal("not_confirmed", (await brain.RefusalAsync("cancel_job", new { job_id = job.Id, confirm = false })).Reason);
        Assert.Equal(JobState.Pending, brain.Brain.Jobs.Find(job.Id)!.State);
    }

    internal static JobRecord Enqueue(ConnectedBrain brain, string folder) => brain.Brain.Jobs.Enqueue(
        new JobRequest { Kind = JobKind.Index, Targets = [new JobTarget(new BrainPath("root", folder), new FolderSettings(), [])] },
        "tester");
}

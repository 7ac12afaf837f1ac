using System.Collections.Concurrent;
using System.Text.Json;
using AgentBrain.Server.Brains.Jobs;
using Microsoft.Extensions.Time.Testing;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentBrain.Server.Tests.Mcp;

public sealed class WaitForJobTests
{
    [Fact]
    public async Task The_end_of_the_job_ends_the_wait_at_once()
    {
        // The clock stands still: only the change can end the wait.
        await using var brain = await ConnectedBrain.StartAsync(time: new FakeTimeProvider());
        var job = JobToolTests.Enqueue(brain, "a");
        var wait = brain.CallAsync("wait_for_job", new { job_id = job.Id });
        var running = brain.Brain.Jobs.TakeNext()!;
        brain.Brain.Jobs.Finish(running, running.Record with { State = JobState.Completed, FinishedAt = DateTimeOffset.UnixEpoch });
        var answer = (await wait.WaitAsync(TimeSpan.FromSeconds(20))).StructuredContent!.Value;
        Assert.Equal(("completed", true, 100.0), (answer.GetProperty("status").GetString(), answer.GetProperty("final").GetBoolean(), answer.GetProperty("progress_percent").GetDouble()));
        Assert.True(answer.TryGetProperty("completed_at", out _));
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(600, 600)]
    [InlineData(null, 600)]
    [InlineData(100000, 600)]
    public async Task A_wait_ends_softly_and_never_takes_longer_than_ten_minutes(int? timeout, int expected)
    {
        using var time = new SteppedTime();
        await using var brain = await ConnectedBrain.StartAsync(time: time);
        var job = JobToolTests.Enqueue(brain, "a");
        var wait = brain.CallAsync("wait_for_job", new { job_id = job.Id, timeout_seconds = timeout });
        for (var second = 0; await time.NextTimerAsync(wait); second++)
        {
            Assert.True(second < expected, "The wait goes on after its time.");
            time.Advance(TimeSpan.FromSeconds(1));
        }

        var result = await wait;
        Assert.False(result.IsError is true);
        var answer = result.StructuredContent!.Value;
        Assert.Equal(("timeout", false), (answer.GetProperty("status").GetString(), answer.GetProperty("final").GetBoolean()));
        Assert.Equal(expected, answer.GetProperty("elapsed_seconds").GetDouble());
        Assert.Equal(JobState.Pending, brain.Brain.Jobs.Find(job.Id)!.State);
    }

    [Fact]
    public async Task A_wait_ends_softly_when_the_access_token_does()
    {
        using var time = new SteppedTime();
        await using var brain = await ConnectedBrain.StartAsync(time: time);
        using var access = new EndingAccess { EndsAt = time.GetUtcNow() + TimeSpan.FromSeconds(5) };
        brain.Contexts.Access = access;
        var job = JobToolTests.Enqueue(brain, "a");
        var wait = brain.CallAsync("wait_for_job", new { job_id = job.Id });
        for (var second = 0; await time.NextTimerAsync(wait); second++)
        {
            Assert.True(second < 5, "The wait goes on after its token.");
            time.Advance(TimeSpan.FromSeconds(1));
        }

        var answer = (await wait).StructuredContent!.Value;
        Assert.Equal(("timeout", false, 5.0), (answer.GetProperty("status").GetString(), answer.GetProperty("final").GetBoolean(), answer.GetProperty("elapsed_seconds").GetDouble()));
    }

    [Fact]
    public async Task A_wait_ends_softly_and_at_once_when_access_is_taken_away_and_the_job_goes_on()
    {
        // The clock stands still: only the end of access can end the wait.
        await using var brain = await ConnectedBrain.StartAsync(time: new FakeTimeProvider());
        using var access = new EndingAccess();
        brain.Contexts.Access = access;
        var job = JobToolTests.Enqueue(brain, "a");
        var running = brain.Brain.Jobs.TakeNext()!;
        await using var wire = new ProgressOnTheWire(brain.Client);
        var wait = brain.CallAsync("wait_for_job", new { job_id = job.Id }, new Received(_ => { }));
        await wire.NextAsync();

        access.End();

        var answer = (await wait.WaitAsync(TimeSpan.FromSeconds(20))).StructuredContent!.Value;
        Assert.Equal(("timeout", false), (answer.GetProperty("status").GetString(), answer.GetProperty("final").GetBoolean()));
        Assert.False(running.Cancelled.IsCancellationRequested);
        brain.Brain.Jobs.Finish(running, running.Record with { State = JobState.Completed });
    }

    [Fact]
    public async Task Leaving_ends_the_wait_and_not_the_job()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        var job = JobToolTests.Enqueue(brain, "a");
        var running = brain.Brain.Jobs.TakeNext()!;
        using var leave = new CancellationTokenSource();
        var arrived = new Received(_ => leave.Cancel());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => brain.CallAsync("wait_for_job", new { job_id = job.Id }, arrived, leave.Token));

        // The server is through with the cancelled call once it answers the next one on the same connection.
        Assert.Equal("running", (await brain.AnswerAsync("get_job", new { job_id = job.Id })).GetProperty("status").GetString());
        Assert.False(running.Cancelled.IsCancellationRequested);
        brain.Brain.Jobs.Finish(running, running.Record with { State = JobState.Completed });
        Assert.Equal("completed", (await brain.AnswerAsync("wait_for_job", new { job_id = job.Id })).GetProperty("status").GetString());
        Assert.DoesNotContain(brain.Log.Lines, line => line.Contains("wait_for_job failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Disconnecting_ends_the_wait_and_not_the_job()
    {
        var brain = await ConnectedBrain.StartAsync();
        await using var cleanup = brain;
        var job = JobToolTests.Enqueue(brain, "a");
        var running = brain.Brain.Jobs.TakeNext()!;
        var started = new TaskCompletionSource();
        var wait = brain.CallAsync("wait_for_job", new { job_id = job.Id }, new Received(_ => started.TrySetResult()));
        await started.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await brain.Client.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => wait);
        Assert.False(running.Cancelled.IsCancellationRequested);
        Assert.Equal(JobState.Running, brain.Brain.Jobs.Find(job.Id)!.State);
        brain.Brain.Jobs.Finish(running, running.Record with { State = JobState.Completed });
    }

    [Fact]
    public async Task Progress_rises_though_the_job_falls_back_and_ends_with_one()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        var job = JobToolTests.Enqueue(brain, "a");
        var running = brain.Brain.Jobs.TakeNext()!;
        await using var wire = new ProgressOnTheWire(brain.Client);
        var wait = brain.CallAsync("wait_for_job", new { job_id = job.Id, poll_interval_seconds = 0.5 }, new Received(_ => { }));
        await wire.NextAsync();
        Report(running, 200);
        await wire.NextAsync();
        Report(running, 40);
        brain.Brain.Changes.Signal();
        await Task.Delay(700);
        Report(running, 300);
        await wire.NextAsync();
        brain.Brain.Jobs.Finish(running, running.Record with { State = JobState.Completed });
        await wait;
        await wire.NextAsync();
        Assert.Equal([0, 0.5f, 0.75f, 1], wire.Seen.Select(value => value.Progress));
        Assert.All(wire.Seen, value => Assert.Equal(1, value.Total));
        Assert.Contains("indexed 200 of 400 files", wire.Seen.Select(value => value.Message));
    }

    [Fact]
    public async Task Progress_comes_no_more_often_than_the_interval()
    {
        await using var brain = await ConnectedBrain.StartAsync(time: new FakeTimeProvider());
        var job = JobToolTests.Enqueue(brain, "a");
        var running = brain.Brain.Jobs.TakeNext()!;
        await using var wire = new ProgressOnTheWire(brain.Client);
        var wait = brain.CallAsync("wait_for_job", new { job_id = job.Id }, new Received(_ => { }));
        await wire.NextAsync();
        for (var processed = 1; processed < 100; processed++)
        {
            Report(running, processed);
            brain.Brain.Changes.Signal();
            await Task.Delay(1);
        }

        brain.Brain.Jobs.Finish(running, running.Record with { State = JobState.Completed });
        await wait;
        await wire.NextAsync();
        Assert.Equal([0, 1], wire.Seen.Select(value => value.Progress));
    }

    [Fact]
    public async Task Without_a_token_there_is_no_progress()
    {
        await using var brain = await ConnectedBrain.StartAsync();
        var job = JobToolTests.Enqueue(brain, "a");
        brain.Brain.Jobs.Cancel(job.Id);
        await using var wire = new ProgressOnTheWire(brain.Client);
        Assert.Equal("cancelled", (await brain.AnswerAsync("wait_for_job", new { job_id = job.Id })).GetProperty("status").GetString());
        await brain.AnswerAsync("query_count");
        Assert.Empty(wire.Seen);
    }

    private static void Report(RunningJob running, int processed) => running.Report(running.Record with { Processed = processed, Total = 400, Message = null });

    private sealed class Received(Action<ProgressNotificationValue> receive) : IProgress<ProgressNotificationValue>
    {
        public void Report(ProgressNotificationValue value) => receive(value);
    }

    /// <summary>Sees notifications also when they come with the answer, when the SDK's own progress handler is gone already.</summary>
    private sealed class ProgressOnTheWire : IAsyncDisposable
    {
        private readonly SemaphoreSlim _arrived = new(0);
        private readonly IAsyncDisposable _registration;

        public ProgressOnTheWire(McpClient client) => _registration = client.RegisterNotificationHandler(NotificationMethods.ProgressNotification, (notification, _) =>
        {
            Seen.Enqueue(notification.Params.Deserialize<ProgressNotificationParams>(McpJsonUtilities.DefaultOptions)!.Progress);
            _arrived.Release();
            return default;
        });

        public ConcurrentQueue<ProgressNotificationValue> Seen { get; } = [];

        public async Task NextAsync() => Assert.True(await _arrived.WaitAsync(TimeSpan.FromSeconds(20)), $"No progress after {Seen.LastOrDefault()?.Progress}.");

        public async ValueTask DisposeAsync()
        {
            await _registration.DisposeAsync();
            _arrived.Dispose();
        }
    }

    /// <summary>A clock that is moved on each time the server has set its timer, and not before.</summary>
    private sealed class SteppedTime : FakeTimeProvider, IDisposable
    {
        private readonly SemaphoreSlim _set = new(0);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _set.Release();
            return timer;
        }

        /// <summary>True when a timer was set; false when <paramref name="end"/> came first.</summary>
        public async Task<bool> NextTimerAsync(Task end)
        {
            var next = _set.WaitAsync(TimeSpan.FromSeconds(20));
            return await Task.WhenAny(next, end) == next && (await next || !end.IsCompleted);
        }

        public void Dispose() => _set.Dispose();
    }
}

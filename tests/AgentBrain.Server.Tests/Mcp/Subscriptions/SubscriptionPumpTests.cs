using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Jobs;
using AgentBrain.Server.Mcp.Resources;
using AgentBrain.Server.Mcp.Subscriptions;

namespace AgentBrain.Server.Tests.Mcp.Subscriptions;

public sealed class SubscriptionPumpTests
{
    [Fact]
    public async Task The_first_state_is_told_at_once_and_the_same_state_only_once()
    {
        await using var harness = new PumpHarness();
        harness.Watch("corpus://status");
        harness.Start();
        await harness.ToldAsync(1);

        for (var i = 0; i < 3; i++)
        {
            harness.Brain.Brain.Changes.Signal();
            await harness.AdvanceAsync(LookSpacing.Status * 1.2);
        }

        Assert.Equal(["corpus://status"], harness.Told);
    }

    [Theory]
    [InlineData("corpus://folders", 5)]
    [InlineData("corpus://status", 30)]
    public async Task Changes_are_told_no_faster_than_the_spacing_and_none_is_lost(string uri, int seconds)
    {
        await using var harness = new PumpHarness();
        harness.Watch(uri);
        harness.Start();
        await harness.ToldAsync(1);

        for (var i = 0; i < 5; i++)
        {
            harness.Brain.AddFolder("sub" + i);
        }

        await harness.AdvanceAsync(TimeSpan.FromSeconds(seconds - 0.5));
        Assert.Single(harness.Told);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(1));
        await harness.ToldAsync(2);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(seconds * 3));

        Assert.Equal([uri, uri], harness.Told);
    }

    [Fact]
    public async Task A_change_after_the_spacing_is_told_without_any_timer()
    {
        await using var harness = new PumpHarness();
        harness.Watch("corpus://folders");
        harness.Start();
        await harness.ToldAsync(1);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(6));

        harness.Brain.AddFolder("sub");

        await harness.ToldAsync(2);
    }

    [Fact]
    public async Task A_job_is_followed_to_its_end_which_is_told_exactly_once()
    {
        await using var harness = new PumpHarness();
        var job = harness.Brain.Enqueue();
        harness.Watch("job://" + job.Id);
        harness.Start();
        await harness.ToldAsync(1);
        var running = harness.Brain.Brain.Jobs.TakeNext()!;
        await harness.AdvanceAsync(LookSpacing.Job * 1.5);
        await harness.ToldAsync(2);

        harness.Brain.Brain.Jobs.Finish(running, running.Record with { State = JobState.Completed, FinishedAt = harness.Time.GetUtcNow() });
        await harness.AdvanceAsync(LookSpacing.Job * 1.5);
        await harness.Running.WaitAsync(TimeSpan.FromSeconds(20));
        harness.Brain.Brain.Changes.Signal();
        await Eventually.SettleAsync();

        Assert.Equal(3, harness.Told.Count);
        Assert.False(harness.Pump.TryAdd(harness.Resources.Find("corpus://status", harness.Brain.Caller)));
    }

    [Fact]
    public async Task A_job_that_has_ended_is_told_once()
    {
        await using var harness = new PumpHarness();
        var job = harness.Brain.Enqueue();
        harness.Brain.Brain.Jobs.Cancel(job.Id);
        harness.Watch("job://" + job.Id);

        await harness.Running.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Single(harness.Told);
    }

    [Fact]
    public async Task A_failing_look_is_tried_again_and_ends_nothing()
    {
        await using var harness = new PumpHarness();
        var looks = 0;
        harness.Pump.TryAdd(new SubscribableResource(
            ResourceUri.TryParse("job://flaky")!,
            LookSpacing.Job,
            _ => ++looks < 3 ? throw new BrainException(BrainFault.Storage, "broken", "Broken.") : new ResourceState("{}", IsFinal: false)));
        harness.Start();
        await Eventually.IsTrueAsync(() => looks == 1, "The first look");
        Assert.Empty(harness.Told);

        await harness.AdvanceAsync(LookSpacing.Job * 1.2);
        await harness.AdvanceAsync(LookSpacing.Job * 1.2);

        await harness.ToldAsync(1);
        Assert.Equal(3, looks);
    }

    [Fact]
    public async Task A_slow_client_gets_the_latest_state_and_no_queue()
    {
        await using var harness = new PumpHarness();
        var gate = new TaskCompletionSource();
        harness.Gate = gate.Task;
        harness.Watch("corpus://folders");
        harness.Start();
        await Eventually.IsTrueAsync(() => harness.Sending == 1, "The first notification");

        for (var i = 0; i < 50; i++)
        {
            harness.Brain.AddFolder("sub" + i);
            harness.Time.Advance(TimeSpan.FromSeconds(6));
        }

        await Eventually.SettleAsync();
        Assert.Equal(1, harness.Sending);
        gate.SetResult();
        await harness.ToldAsync(2);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(2, harness.Told.Count);
    }

    [Fact]
    public async Task Access_is_asked_before_each_notification_and_its_loss_ends_the_pump()
    {
        await using var harness = new PumpHarness();
        var asked = 0;
        harness.Allows = () => ++asked == 1;
        harness.Watch("corpus://folders");
        harness.Start();
        await harness.ToldAsync(1);

        harness.Brain.AddFolder("sub");
        await harness.AdvanceAsync(TimeSpan.FromSeconds(6));
        await harness.Running.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal((1, 2), (harness.Told.Count, asked));
    }

    [Fact]
    public async Task What_is_removed_is_not_told_and_an_empty_pump_ends()
    {
        await using var harness = new PumpHarness();
        harness.Watch("corpus://folders");
        harness.Watch("corpus://status");
        harness.Start();
        await harness.ToldAsync(2);

        harness.Pump.Remove("corpus://folders");
        harness.Brain.AddFolder("sub");
        await harness.AdvanceAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(2, harness.Told.Count);
        harness.Pump.Remove("corpus://status");

        await harness.Running.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_resource_that_is_added_later_is_told_at_once()
    {
        await using var harness = new PumpHarness();
        harness.Watch("corpus://status");
        harness.Start();
        await harness.ToldAsync(1);

        harness.Watch("corpus://folders");

        await harness.ToldAsync(2);
    }
}

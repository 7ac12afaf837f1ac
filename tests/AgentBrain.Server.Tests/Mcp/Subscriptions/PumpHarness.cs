using System.Collections.Concurrent;
using AgentBrain.Server.Mcp;
using AgentBrain.Server.Mcp.Resources;
using AgentBrain.Server.Mcp.Subscriptions;
using AgentBrain.Server.Tests.Mcp.Resources;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.Server.Tests.Mcp.Subscriptions;

/// <summary>A pump on a real brain with a clock of its own and a client that counts.</summary>
internal sealed class PumpHarness : ICallAccess, IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task? _running;

    public PumpHarness()
    {
        Brain = new SeededBrain(Time);
        var caller = Brain.Caller with { Access = this };
        Resources = new SubscribableResources(
            new ResourceCatalog([new StatusResource(Time), new FoldersResource()], [new JobResource()]),
            Limits.Standard,
            Time);
        Pump = new SubscriptionPump(
            caller,
            async (uri, abort) =>
            {
                Sending++;
                await Gate.WaitAsync(abort);
                Told.Enqueue(uri);
            },
            Limits.Standard.UrisPerStream,
            Time,
            NullLogger.Instance);
    }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch.AddYears(50));

    public SeededBrain Brain { get; }

    public SubscribableResources Resources { get; }

    public SubscriptionPump Pump { get; }

    public ConcurrentQueue<string> Told { get; } = new();

    public int Sending { get; private set; }

    /// <summary>Sends wait for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public Func<bool> Allows { get; set; } = () => true;

    public Task Running => _running ??= Task.Run(() => Pump.RunAsync(_stop.Token, CancellationToken.None));

    public void Watch(string uri) => Assert.True(Pump.TryAdd(Resources.Find(uri, Brain.Caller)));

    public void Start() => _ = Running;

    public Task ToldAsync(int count) => Eventually.IsTrueAsync(() => Told.Count >= count, $"Notification {count}");

    /// <summary>Lets time go on in small steps, so that a pump that sets a timer in between is not left behind.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        for (var i = 0; i < 10; i++)
        {
            Time.Advance(by / 10);
            await Task.Delay(10);
        }
    }

    public Task StopAsync()
    {
        _stop.Cancel();
        return Running.WaitAsync(TimeSpan.FromSeconds(20));
    }

    public DateTimeOffset? EndsAt => null;

    public CancellationToken Ended => CancellationToken.None;

    public bool Holds() => Allows();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Brain.Dispose();
        _stop.Dispose();
    }
}

namespace AgentBrain.Server.Tests.Mcp.Subscriptions;

/// <summary>Awaits a condition that other tasks bring about, and shows that one does not come about.</summary>
internal static class Eventually
{
    public static async Task IsTrueAsync(Func<bool> condition, string what)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, what + " did not happen in time");
            await Task.Delay(5);
        }
    }

    /// <summary>Gives other tasks time to do what they should not do.</summary>
    public static Task SettleAsync() => Task.Delay(150);
}

using System.Diagnostics;

namespace AgentBrain.OAuth.Tests;

/// <summary>Waits for what other threads do, and not for ever.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Completes when the condition holds; fails when it does not for half a minute.</summary>
    public static Task TrueAsync(Func<bool> condition) => TrueAsync(condition, static () => { });

    /// <summary>The same, doing something between two looks.</summary>
    public static async Task TrueAsync(Func<bool> condition, Action between)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Limit, "It did not happen within half a minute.");
            between();
            await Task.Yield();
        }
    }
}

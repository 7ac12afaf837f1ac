using System.Diagnostics;

namespace AgentBrain.OAuth.Tests.Replay;

/// <summary>How long something takes, less what a busy machine is late with: a plain timer beside it tells how much that is.</summary>
internal static class Timing
{
    private static readonly TimeSpan Beside = TimeSpan.FromMilliseconds(150);

    public static async Task<(T Result, TimeSpan Took)> OfAsync<T>(Func<Task<T>> action)
    {
        var start = Stopwatch.GetTimestamp();
        var timer = LatenessAsync();
        var result = await action();
        var took = Stopwatch.GetElapsedTime(start);
        return (result, took < Beside ? took : took - await timer);
    }

    private static async Task<TimeSpan> LatenessAsync()
    {
        var start = Stopwatch.GetTimestamp();
        await Task.Delay(Beside);
        var late = Stopwatch.GetElapsedTime(start) - Beside;
        return late > TimeSpan.Zero ? late : TimeSpan.Zero;
    }
}

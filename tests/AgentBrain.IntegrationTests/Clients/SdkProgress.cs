using System.Collections.Concurrent;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentBrain.IntegrationTests.Clients;

/// <summary>
/// All progress that a client of the C# SDK is sent. The SDK runs the handlers of notifications beside each other, and stops giving
/// progress to the caller of a tool at the result, even what came before it: this listens by itself until the end.
/// </summary>
internal sealed class SdkProgress : IProgress<ProgressNotificationValue>, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<double> values = new();
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IAsyncDisposable handler;

    public SdkProgress(McpClient client) => handler = client.RegisterNotificationHandler(NotificationMethods.ProgressNotification, (message, _) =>
    {
        var value = message.Params!["progress"]!.GetValue<double>();
        values.Enqueue(value);
        if (value >= 1)
            done.TrySetResult();

        return ValueTask.CompletedTask;
    });

    /// <summary>In rising order.</summary>
    public IReadOnlyList<double> Values => [.. values.Order()];

    /// <summary>Waits for the last.</summary>
    public Task DoneAsync() => done.Task.WaitAsync(Patience);

    /// <summary>Only there to have the client ask for progress.</summary>
    public void Report(ProgressNotificationValue value)
    {
    }

    public ValueTask DisposeAsync() => handler.DisposeAsync();
}

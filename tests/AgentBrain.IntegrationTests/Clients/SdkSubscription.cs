using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentBrain.IntegrationTests.Clients;

/// <summary>A subscription of the C# SDK's client, in the way of the revision that it negotiated.</summary>
internal sealed class SdkSubscription : IAsyncDisposable
{
    private const string FirstRevisionThatListens = "2026-07-28";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<string> updates = new();
    private readonly TaskCompletionSource updated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource stop = new();
    private readonly List<IAsyncDisposable> parts = [];
    private Task listening = Task.CompletedTask;

    private SdkSubscription()
    {
    }

    public IReadOnlyList<string> Updates => [.. updates];

    /// <summary>Subscribes; the server has said yes when this ends.</summary>
    public static async Task<SdkSubscription> StartAsync(McpClient client, string uri)
    {
        var subscription = new SdkSubscription();
        if (string.CompareOrdinal(client.NegotiatedProtocolVersion, FirstRevisionThatListens) >= 0)
            await subscription.ListenAsync(client, uri);
        else
            subscription.parts.Add(await client.SubscribeToResourceAsync(uri, (update, _) => subscription.Note(update.Uri)));

        return subscription;
    }

    public Task FirstUpdateAsync() => updated.Task.WaitAsync(Patience);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var part in parts)
            await part.DisposeAsync();

        stop.Dispose();
    }

    /// <summary>This version of the SDK has no method for <c>subscriptions/listen</c> on its client.</summary>
    private async Task ListenAsync(McpClient client, string uri)
    {
        parts.Add(client.RegisterNotificationHandler(NotificationMethods.ResourceUpdatedNotification, (message, _) => Note(message.Params!["uri"]!.GetValue<string>())));
        parts.Add(client.RegisterNotificationHandler(NotificationMethods.SubscriptionsAcknowledgedNotification, (message, _) =>
        {
            Assert.Equal(uri, message.Params!["notifications"]!["resourceSubscriptions"]![0]!.GetValue<string>());
            acknowledged.TrySetResult();
            return ValueTask.CompletedTask;
        }));
        var request = new JsonRpcRequest
        {
            Method = RequestMethods.SubscriptionsListen,
            Params = new JsonObject { ["notifications"] = new JsonObject { ["resourceSubscriptions"] = new JsonArray(uri) } },
        };
        listening = client.SendRequestAsync(request, stop.Token);
        await (await Task.WhenAny(acknowledged.Task, listening)).WaitAsync(Patience);
    }

    private ValueTask Note(string uri)
    {
        updates.Enqueue(uri);
        updated.TrySetResult();
        return ValueTask.CompletedTask;
    }
}

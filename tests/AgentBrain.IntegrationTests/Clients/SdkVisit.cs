using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentBrain.IntegrationTests.Clients;

/// <summary>The visit of the C# SDK's client: the same as <c>node/exercise.mjs</c>.</summary>
internal static class SdkVisit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Indexes, searches and reads.</summary>
    /// <param name="client">The connected client.</param>
    /// <param name="root">The project's directory.</param>
    public static async Task<ClientReport> RunAsync(McpClient client, string root)
    {
        var tools = await client.ListToolsAsync();
        var first = await CallAsync(client, "index_folder", new { folder_path = root });
        var jobId = Text(first, "job_id");

        // The second job waits for the first, so that it cannot end before the subscription is there.
        var second = Text(await CallAsync(client, "index_folder", new { folder_path = Path.Combine(root, "v3"), force = true }), "job_id");
        await using var progress = new SdkProgress(client);
        JsonElement waited;
        IReadOnlyList<string> updates;
        await using (var subscription = await SdkSubscription.StartAsync(client, $"job://{second}"))
        {
            waited = await CallAsync(client, "wait_for_job", new { job_id = jobId, poll_interval_seconds = 0.5, timeout_seconds = 120 }, progress);
            await progress.DoneAsync();
            await subscription.FirstUpdateAsync();
            updates = subscription.Updates;
        }

        await CallAsync(client, "wait_for_job", new { job_id = second, timeout_seconds = 120 });

        var hits = await SearchAsync(client, "parse ISO datetime");
        var refused = await client.CallToolAsync("search_documents", Arguments(new { query = "x", top_k = 0 }));
        var prompt = await client.GetPromptAsync("find-callers", new Dictionary<string, object?> { ["symbol"] = "safeParse" });
        var completion = await client.CompleteAsync(new PromptReference { Name = "find-callers" }, "language", "typ");
        return new ClientReport
        {
            Protocol = client.NegotiatedProtocolVersion!,
            Server = client.ServerInfo!.Name,
            Tools = [.. tools.Select(Describe)],
            JobId = jobId,
            JobStatus = Text(waited, "status"),
            Progress = progress.Values,
            Watched = $"job://{second}",
            Updates = updates,
            Phrase = Sources(hits),
            WholeIdentifier = Sources(await SearchAsync(client, "ZodISODateTime")),
            SplitIdentifier = Sources(await SearchAsync(client, "iso date time")),
            ChunkOfHit = Text(hits[0], "text"),
            StatusResource = await ReadAsync(client, "corpus://status"),
            JobResource = await ReadAsync(client, $"job://{jobId}"),
            ChunkResource = await ReadAsync(client, $"chunk://{Text(hits[0], "chunk_id")}"),
            FileResource = await ReadAsync(client, FileUri(Text(hits[0], "source"))),
            Prompt = Assert.IsType<TextContentBlock>(prompt.Messages[0].Content).Text,
            Completion = [.. completion.Completion.Values],
            RefusedIsError = refused.IsError is true,
            Refusal = Assert.IsType<TextContentBlock>(refused.Content[0]).Text,
        };
    }

    private static async Task<JsonElement> CallAsync(McpClient client, string tool, object arguments, IProgress<ProgressNotificationValue>? progress = null)
    {
        var result = await client.CallToolAsync(tool, Arguments(arguments), progress);
        Assert.False(result.IsError is true, result.Content is [TextContentBlock text, ..] ? text.Text : tool);
        return result.StructuredContent!.Value;
    }

    private static async Task<IReadOnlyList<JsonElement>> SearchAsync(McpClient client, string query) =>
        [.. (await CallAsync(client, "search_documents", new { query, top_k = 10 })).GetProperty("results").EnumerateArray()];

    private static async Task<string> ReadAsync(McpClient client, string uri) =>
        Assert.IsType<TextResourceContents>(Assert.Single((await client.ReadResourceAsync(uri)).Contents)).Text;

    private static Dictionary<string, object?> Arguments(object arguments) =>
        JsonSerializer.SerializeToElement(arguments).EnumerateObject().ToDictionary(member => member.Name, member => (object?)member.Value, StringComparer.Ordinal);

    private static ReportedTool Describe(McpClientTool tool)
    {
        var hints = tool.ProtocolTool.Annotations;
        bool?[] all = [hints?.ReadOnlyHint, hints?.DestructiveHint, hints?.IdempotentHint, hints?.OpenWorldHint];
        return new ReportedTool(tool.Name, all.Count(hint => hint is not null), tool.ReturnJsonSchema?.GetProperty("type").GetString() == "object");
    }

    private static string FileUri(string source) => Path.IsPathFullyQualified(source) ? new Uri(source).AbsoluteUri : $"file:///{source}";

    private static IReadOnlyList<string> Sources(IReadOnlyList<JsonElement> hits) => [.. hits.Select(hit => Text(hit, "source"))];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}

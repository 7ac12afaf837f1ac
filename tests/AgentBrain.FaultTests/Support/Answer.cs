using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentBrain.FaultTests.Support;

/// <summary>What a tool answered.</summary>
/// <param name="IsError">Whether it refused.</param>
/// <param name="Text">Its text.</param>
/// <param name="Reason">The reason code of a refusal.</param>
/// <param name="Result">The structured content.</param>
internal sealed record Answer(bool IsError, string Text, string? Reason, JsonNode? Result)
{
    public string JobId => Result!["job_id"]!.GetValue<string>();

    public string Status => Result!["status"]!.GetValue<string>();

    public static Answer From(CallToolResult result) => new(
        result.IsError == true,
        string.Join('\n', result.Content.OfType<TextContentBlock>().Select(block => block.Text)),
        result.Meta?["agent-brain/error"]?["reason"]?.GetValue<string>(),
        result.StructuredContent is { } content ? JsonNode.Parse(content.GetRawText()) : null);
}

/// <summary>Calls tools.</summary>
internal static class ClientCalls
{
    /// <summary>Calls a tool with arguments from an anonymous object.</summary>
    public static async Task<Answer> AskAsync(this McpClient client, string tool, object? arguments = null, CancellationToken cancellationToken = default)
    {
        var given = JsonSerializer.SerializeToElement(arguments ?? new { }).EnumerateObject().ToDictionary(pair => pair.Name, pair => (object?)pair.Value);
        return Answer.From(await client.CallToolAsync(tool, given, cancellationToken: cancellationToken));
    }

    /// <summary>Calls a tool that must not refuse.</summary>
    public static async Task<Answer> DoAsync(this McpClient client, string tool, object? arguments = null)
    {
        var answer = await client.AskAsync(tool, arguments);
        Assert.False(answer.IsError, $"{tool} refused: {answer.Reason} {answer.Text}");
        return answer;
    }

    /// <summary>Indexes a folder to the end, whatever that is.</summary>
    public static async Task<Answer> IndexAsync(this McpClient client, string folder, bool force = false)
    {
        var job = await client.DoAsync("index_folder", new { folder_path = folder, force });
        return await client.DoAsync("wait_for_job", new { job_id = job.JobId, timeout_seconds = 120 });
    }

    /// <summary>The paths found by a query, ends of them being enough to tell them apart.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(this McpClient client, string query)
    {
        var answer = await client.DoAsync("search_documents", new { query, mode = "bm25", top_k = 50 });
        return [.. answer.Result!["results"]!.AsArray().Select(result => result!["source"]!.GetValue<string>()).Distinct()];
    }
}

using System.ComponentModel;
using AgentBrain.Server.Brains;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary><c>server_health</c>, which answers also when the brain does not.</summary>
internal sealed class ServerHealthTool(ToolEnvironment environment) : BrainTool<NoArguments, ServerHealthResult>(Definition, environment)
{
    private static readonly ToolDefinition Definition = new(
        "server_health",
        "Check the server",
        "Says whether the server and its index work, and what to do if they do not. Use it when other tools fail; it answers even if the index is damaged.",
        ToolTraits.Reads);

    /// <inheritdoc />
    protected override ValueTask<ToolAnswer<ServerHealthResult>> AnswerAsync(ToolCall<NoArguments> call, CancellationToken cancellationToken)
    {
        var result = Check(call);
        return new(new ToolAnswer<ServerHealthResult>(result, $"{result.Status}: {result.Message}"));
    }

    private static ServerHealthResult Check(ToolCall<NoArguments> call)
    {
        try
        {
            var (brain, mode) = (call.Caller.Brain, call.Caller.Mode);
            var counts = brain.Count();
            var active = brain.Jobs.Active().Count;
            return new ServerHealthResult
            {
                Status = "healthy",
                Version = ServerDescription.Version,
                Mode = mode,
                Message = $"The index answers: {Counted.Of(counts.Documents, "document")}, {Counted.Of(counts.Chunks, "chunk")}; {Counted.Of(active, "unfinished job")}.",
            };
        }
        catch (BrainException fault)
        {
            return new ServerHealthResult { Status = "unhealthy", Mode = call.Caller.Mode, Version = ServerDescription.Version, Reason = fault.Reason, Message = fault.Message };
        }
    }
}

/// <summary>The answer of <c>server_health</c>.</summary>
internal sealed record ServerHealthResult
{
    /// <summary>The state.</summary>
    [Description("healthy or unhealthy.")]
    public required string Status { get; init; }

    /// <summary>The version.</summary>
    [Description("The server's version.")]
    public required string Version { get; init; }

    /// <summary>A sentence.</summary>
    [Description("What works; or what is wrong and what to do about it.")]
    public required string Message { get; init; }

    /// <summary>The mode of authorization.</summary>
    [Description("How callers are authorized: none, basic, oauth, or stdio for the client that started the server.")]
    public string? Mode { get; init; }

    /// <summary>The reason.</summary>
    [Description("The stable reason code of what is wrong.")]
    public string? Reason { get; init; }
}

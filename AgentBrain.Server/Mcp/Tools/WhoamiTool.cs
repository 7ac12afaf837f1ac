using System.ComponentModel;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary><c>whoami</c>.</summary>
internal sealed class WhoamiTool(ToolEnvironment environment) : BrainTool<NoArguments, WhoamiResult>(Definition, environment)
{
    private static readonly ToolDefinition Definition = new(
        "whoami",
        "Show who is calling",
        "Shows as whom this connection is known, on which brain, with which scopes, and the roots below which folders can be indexed. Use it when a call is refused for want of a right, or before index_folder to see how paths are written.",
        ToolTraits.Reads);

    /// <inheritdoc />
    protected override ValueTask<ToolAnswer<WhoamiResult>> AnswerAsync(ToolCall<NoArguments> call, CancellationToken cancellationToken)
    {
        var caller = call.Caller;
        var result = new WhoamiResult
        {
            Mode = caller.Mode,
            Subject = caller.Subject,
            Issuer = caller.Issuer,
            ClientId = caller.ClientId,
            Resource = caller.Resource,
            Brain = caller.Entry.Definition.Name,
            Scopes = caller.Scopes,
            Local = caller.IsLocal,
            Roots = [.. caller.Entry.Definition.Roots.Select(root => caller.IsLocal ? root.Path : root.Label)],
        };
        return new(new ToolAnswer<WhoamiResult>(
            result,
            $"{result.Subject} (mode {result.Mode}) on the brain '{result.Brain}'. Scopes: {string.Join(' ', result.Scopes)}. Roots: {string.Join(", ", result.Roots)}."));
    }
}

/// <summary>The answer of <c>whoami</c>.</summary>
internal sealed record WhoamiResult
{
    /// <summary>The mode.</summary>
    [Description("How callers are authorized: none, basic, oauth, or stdio for the client that started the server.")]
    public required string Mode { get; init; }

    /// <summary>The principal.</summary>
    [Description("The principal; 'local' in the modes none and stdio.")]
    public required string Subject { get; init; }

    /// <summary>Who vouched for it.</summary>
    [Description("Who vouched for the subject.")]
    public string? Issuer { get; init; }

    /// <summary>The client.</summary>
    [Description("The client that acts for the subject.")]
    public string? ClientId { get; init; }

    /// <summary>The resource.</summary>
    [Description("The URI of the brain that the authorization is for.")]
    public string? Resource { get; init; }

    /// <summary>The brain.</summary>
    [Description("The name of the brain.")]
    public required string Brain { get; init; }

    /// <summary>The scopes.</summary>
    [Description("What the caller may do.")]
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Whether the caller is on this machine.</summary>
    [Description("True if paths are shown as absolute; false if they begin with a root's name.")]
    public required bool Local { get; init; }

    /// <summary>The roots.</summary>
    [Description("The directories below which folders can be indexed, as a folder_path is written.")]
    public required IReadOnlyList<string> Roots { get; init; }
}

using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using AgentBrain.Server.Brains;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary><c>remove_folder</c>.</summary>
internal sealed class RemoveFolderTool(ToolEnvironment environment) : BrainTool<RemoveFolderArguments, RemoveFolderResult>(Definition, environment)
{
    private static readonly ToolDefinition Definition = new(
        "remove_folder",
        "Remove a folder from the index",
        "Takes a folder and all that came from it out of the index; files on the disk stay. Needs the folder_path as list_folders shows it and confirm=true, so ask the user first. Refused while a job works on the folder.",
        ToolTraits.Destroys);

    /// <inheritdoc />
    protected override ValueTask<ToolAnswer<RemoveFolderResult>> AnswerAsync(ToolCall<RemoveFolderArguments> call, CancellationToken cancellationToken)
    {
        var brain = call.Caller.Brain;
        var folder = brain.Paths.Resolve(call.Arguments.FolderPath);
        var chunks = brain.RemoveFolder(folder);
        var shown = call.Caller.Show(folder);
        var message = $"'{shown}' is out of the index with {Counted.Of(chunks, "chunk")}. Its files on the disk stay.";
        return new(new ToolAnswer<RemoveFolderResult>(new RemoveFolderResult { FolderPath = shown, ChunksDeleted = chunks, Message = message }, message));
    }
}

/// <summary>The arguments of <c>remove_folder</c>.</summary>
internal sealed record RemoveFolderArguments
{
    /// <summary>The folder.</summary>
    [Required]
    [Length(1, 4096)]
    [Description("The folder as list_folders shows it.")]
    public string FolderPath { get; init; } = "";

    /// <summary>The confirmation.</summary>
    [Required]
    [AllowedValues(true)]
    [Description("Must be true.")]
    public bool Confirm { get; init; }
}

/// <summary>The answer of <c>remove_folder</c>.</summary>
internal sealed record RemoveFolderResult
{
    /// <summary>The folder.</summary>
    [Description("The folder.")]
    public required string FolderPath { get; init; }

    /// <summary>Chunks deleted.</summary>
    [Description("How many chunks were taken out.")]
    public required int ChunksDeleted { get; init; }

    /// <summary>A sentence.</summary>
    [Description("What was done.")]
    public required string Message { get; init; }
}

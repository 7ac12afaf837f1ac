using System.Collections.Immutable;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using AgentBrain.Server.Mcp.Tools.Contracts;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary><c>add_documents</c>.</summary>
internal sealed class AddDocumentsTool(ToolEnvironment environment) : BrainTool<AddDocumentsArguments, IndexJobResult>(Definition, environment)
{
    private static readonly ToolDefinition Definition = new(
        "add_documents",
        "Add documents",
        "Indexes single files or folders, or brings them up to date, without looking at the rest of their folder. Take it after editing a few files; for a whole folder use index_folder. Returns at once with a job_id; take wait_for_job next.",
        ToolTraits.Indexes);

    /// <inheritdoc />
    protected override ValueTask<ToolAnswer<IndexJobResult>> AnswerAsync(ToolCall<AddDocumentsArguments> call, CancellationToken cancellationToken)
    {
        var caller = call.Caller;
        return new(IndexJobResult.Queued(caller.Brain.Indexing.Paths(call.Arguments.Paths, call.Arguments.Force, caller.Subject), folderPath: null));
    }
}

/// <summary>The arguments of <c>add_documents</c>.</summary>
[RefusedArgument("allow_external", "is not supported: this server never reads outside of its configured roots. Have the file's directory added to AGENT_BRAIN_ROOTS, or add files below a root (whoami lists them).", TakesFalse = true)]
[RefusedArgument("injector_script", "is not supported: this server runs no code that callers name. Use inject_documents with folder_metadata_file to add metadata.")]
internal sealed record AddDocumentsArguments
{
    /// <summary>The files and folders.</summary>
    [Required]
    [Length(1, 1000)]
    [Description("Files or folders: absolute and below a root, or '<root>/<path>'.")]
    public ImmutableArray<string> Paths { get; init; } = [];

    /// <summary>Whether unchanged files are done anew.</summary>
    [Description("True to index unchanged files anew as well.")]
    public bool Force { get; init; }
}

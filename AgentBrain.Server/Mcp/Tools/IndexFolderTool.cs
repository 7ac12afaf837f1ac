using System.Collections.Immutable;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using AgentBrain.Server.Brains.Files;
using AgentBrain.Server.Mcp.Tools.Contracts;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary><c>index_folder</c>.</summary>
internal sealed class IndexFolderTool(ToolEnvironment environment) : BrainTool<IndexFolderArguments, IndexJobResult>(Definition, environment)
{
    private static readonly ToolDefinition Definition = new(
        "index_folder",
        "Index a folder",
        "Indexes a folder with all below it, or brings it up to date: new and changed files in, deleted ones out, unchanged ones untouched. What .gitignore names, binaries and secret-looking files are left out. Returns at once with a job_id; take wait_for_job next. For a few files use add_documents.",
        ToolTraits.Indexes);

    /// <inheritdoc />
    protected override ValueTask<ToolAnswer<IndexJobResult>> AnswerAsync(ToolCall<IndexFolderArguments> call, CancellationToken cancellationToken)
    {
        var arguments = call.Arguments;
        var caller = call.Caller;
        var settings = FolderArguments.Settings(arguments);
        var job = caller.Brain.Indexing.Folder(arguments.FolderPath, settings, arguments.Force, caller.Subject);
        return new(IndexJobResult.Queued(job, caller.Show(job.Request.Targets[0].Folder)));
    }
}

/// <summary>The arguments of <c>index_folder</c>.</summary>
[RefusedArgument("allow_external", "is not supported: this server never reads outside of its configured roots. Have the folder's directory added to AGENT_BRAIN_ROOTS, or index a folder below a root (whoami lists them).", TakesFalse = true)]
[RefusedArgument("injector_script", "is not supported: this server runs no code that callers name. Use inject_documents with folder_metadata_file to add metadata.")]
internal sealed record IndexFolderArguments : IFolderArguments
{
    /// <summary>The folder.</summary>
    [Required]
    [Length(1, 4096)]
    [Description("The folder: absolute and below a root, or '<root>/<path>'; whoami lists the roots.")]
    public string FolderPath { get; init; } = "";

    /// <summary>Whether unchanged files are done anew.</summary>
    [Description("True to index unchanged files anew as well.")]
    public bool Force { get; init; }

    /// <summary>Whether code is indexed.</summary>
    [Description("False to leave source code out and index documents alone.")]
    public bool IncludeCode { get; init; } = true;

    /// <summary>What is taken.</summary>
    [Length(0, GlobSet.MaxPatterns)]
    [ItemLength(GlobPattern.MaxLength)]
    [Description("Only files that match one of these globs, relative to the folder: '*.md' at any depth, 'src/**' below src. Kept with the folder; a later call without them takes all files again.")]
    public ImmutableArray<string>? IncludePatterns { get; init; }

    /// <summary>What is left out.</summary>
    [Length(0, GlobSet.MaxPatterns)]
    [ItemLength(GlobPattern.MaxLength)]
    [Description("Leaves out files, and folders with all below them, that match one of these globs, relative to the folder, for example 'drafts/' or '*.min.js'; also what include_patterns takes.")]
    public ImmutableArray<string>? ExcludePatterns { get; init; }

    /// <summary>Target size of a chunk.</summary>
    [Range(128, 2048)]
    [Description("Target size of a chunk in tokens; 512 if not given.")]
    public int? ChunkSize { get; init; }

    /// <summary>Overlap of chunks.</summary>
    [Range(0, 200)]
    [Description("Overlap of neighbouring chunks in tokens, smaller than chunk_size; 50 if not given.")]
    public int? ChunkOverlap { get; init; }
}

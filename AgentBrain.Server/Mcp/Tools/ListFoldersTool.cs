using System.ComponentModel;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Mcp.Tools.Contracts;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary><c>list_folders</c>.</summary>
internal sealed class ListFoldersTool(ToolEnvironment environment) : BrainTool<NoArguments, ListFoldersResult>(Definition, environment)
{
    private static readonly ToolDefinition Definition = new(
        "list_folders",
        "List indexed folders",
        "Lists the indexed folders with their number of files and chunks and when they were last indexed. Use it to see what a search can find, and for the exact folder_path that remove_folder needs.",
        ToolTraits.Reads);

    /// <inheritdoc />
    protected override ValueTask<ToolAnswer<ListFoldersResult>> AnswerAsync(ToolCall<NoArguments> call, CancellationToken cancellationToken)
    {
        var folders = call.Caller.Brain.Folders().Select(folder => new FolderItem
        {
            FolderPath = call.Caller.Show(folder.Path),
            FileCount = folder.Files,
            ChunkCount = folder.Chunks,
            LastIndexed = folder.LastIndexed,
            IncludePatterns = folder.Settings.Include,
            ExcludePatterns = folder.Settings.Exclude,
        }).ToList();
        var head = folders.Count == 0 ? "No folder is indexed: index_folder adds one." : $"{Counted.Of(folders.Count, "indexed folder")}:";
        var lines = folders.Select(folder => $"{Given.OneLine(folder.FolderPath, 240)}: {Counted.Of(folder.FileCount, "file")}, {Counted.Of(folder.ChunkCount, "chunk")}, last indexed {folder.LastIndexed?.ToString("u") ?? "never"}{Patterns(", only", folder.IncludePatterns)}{Patterns(", without", folder.ExcludePatterns)}");
        return new(new ToolAnswer<ListFoldersResult>(
            new ListFoldersResult { Folders = folders, Total = folders.Count },
            string.Join('\n', lines.Prepend(head))));
    }

    private static string Patterns(string word, IReadOnlyList<string> patterns) =>
        patterns.Count == 0 ? "" : $"{word} {Given.OneLine(string.Join(' ', patterns), 240)}";
}

/// <summary>The answer of <c>list_folders</c>.</summary>
internal sealed record ListFoldersResult
{
    /// <summary>The folders.</summary>
    [Description("The folders in path order.")]
    public required IReadOnlyList<FolderItem> Folders { get; init; }

    /// <summary>How many.</summary>
    [Description("How many folders are indexed.")]
    public required int Total { get; init; }
}

/// <summary>An indexed folder.</summary>
internal sealed record FolderItem
{
    /// <summary>The folder.</summary>
    [Description("The folder.")]
    public required string FolderPath { get; init; }

    /// <summary>Files.</summary>
    [Description("Files it holds.")]
    public required int FileCount { get; init; }

    /// <summary>Chunks.</summary>
    [Description("Chunks it holds.")]
    public required int ChunkCount { get; init; }

    /// <summary>When a job last finished it.</summary>
    [Description("When a job last finished it; absent while the first one runs.")]
    public DateTimeOffset? LastIndexed { get; init; }

    /// <summary>What is taken.</summary>
    [Description("The globs that its files match; empty takes all.")]
    public required IReadOnlyList<string> IncludePatterns { get; init; }

    /// <summary>What is left out.</summary>
    [Description("The globs that leave files and folders out.")]
    public required IReadOnlyList<string> ExcludePatterns { get; init; }

    /// <summary>Whether changes on the disk are followed.</summary>
    [Description("off: changes on the disk are seen by the next index_folder.")]
    public string WatchMode => "off";
}

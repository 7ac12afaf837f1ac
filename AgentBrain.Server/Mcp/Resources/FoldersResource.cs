using System.Collections.Immutable;

namespace AgentBrain.Server.Mcp.Resources;

/// <summary><c>corpus://folders</c>: the indexed folders.</summary>
internal sealed class FoldersResource() : CorpusResource<FoldersDocument>(
    "folders",
    "Indexed folders",
    "Every indexed folder with its counts, settings and when it was last indexed. Can be subscribed to.",
    ResourceJson.Readable.FoldersDocument)
{
    /// <inheritdoc />
    protected override FoldersDocument Describe(CallContext caller) => FoldersDocument.Of(caller);
}

/// <summary>The document of <see cref="FoldersResource"/>.</summary>
internal sealed record FoldersDocument(ImmutableArray<FolderDocument> Folders, int Total)
{
    /// <summary>The folders of a caller's brain.</summary>
    public static FoldersDocument Of(CallContext caller)
    {
        ImmutableArray<FolderDocument> folders =
        [
            .. caller.Brain.Folders().Select(folder => new FolderDocument(
                caller.Show(folder.Path),
                folder.Files,
                folder.Chunks,
                folder.LastIndexed,
                "off",
                folder.Settings.IncludeCode,
                folder.Settings.ChunkSize,
                folder.Settings.ChunkOverlap,
                folder.Settings.Include,
                folder.Settings.Exclude)),
        ];
        return new FoldersDocument(folders, folders.Length);
    }
}

/// <summary>One indexed folder.</summary>
/// <param name="FolderPath">Its path as the caller is shown it.</param>
/// <param name="FileCount">Files it holds.</param>
/// <param name="ChunkCount">Chunks it holds.</param>
/// <param name="LastIndexed">When a job last finished it; null while the first one runs.</param>
/// <param name="WatchMode">This version does not watch folders.</param>
/// <param name="IncludeCode">False if source code is left out.</param>
/// <param name="ChunkSize">Target size of a chunk in tokens.</param>
/// <param name="ChunkOverlap">Overlap of chunks in tokens.</param>
/// <param name="IncludePatterns">Globs of which a file must match one.</param>
/// <param name="ExcludePatterns">Globs that leave files out.</param>
internal sealed record FolderDocument(
    string FolderPath,
    int FileCount,
    int ChunkCount,
    DateTimeOffset? LastIndexed,
    string WatchMode,
    bool IncludeCode,
    int ChunkSize,
    int ChunkOverlap,
    ImmutableArray<string> IncludePatterns,
    ImmutableArray<string> ExcludePatterns);

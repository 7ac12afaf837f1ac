using System.Text.Json;
using AgentBrain.Server.Brains.Chunking;
using AgentBrain.Server.Brains.Extraction;
using AgentBrain.Server.Brains.Files;
using AgentBrain.Server.Brains.Search;
using AgentBrain.Server.Brains.Storage;

namespace AgentBrain.Server.Brains.Indexing;

/// <summary>Reads a file and, if its content is new, parses, cuts and analyzes it. Runs on several threads.</summary>
/// <param name="database">Holds the cache of parsed documents.</param>
/// <param name="extractor">Parses HTML and PDF.</param>
/// <param name="chunker">Cuts documents.</param>
/// <param name="isServerOwned">Knows the server's own files by their paths.</param>
internal sealed class FilePreparer(BrainDatabase database, IDocumentExtractor extractor, DocumentChunker chunker, Func<BrainPath, bool> isServerOwned)
{
    /// <summary>Prepares one file.</summary>
    /// <param name="reader">Reads below the file's root.</param>
    /// <param name="path">The file.</param>
    /// <param name="type">What its name says.</param>
    /// <param name="existing">What the index holds of it.</param>
    /// <param name="plan">How, and for which job.</param>
    /// <param name="cancellationToken">Ends the wait for a parsed document.</param>
    public async Task<FileOutcome> PrepareAsync(
        FileReader reader,
        BrainPath path,
        FileType type,
        ManifestEntry? existing,
        PreparationPlan plan,
        CancellationToken cancellationToken)
    {
        if (isServerOwned(path))
        {
            return new FileOutcome(path, existing, null, SkipReason.ServerOwned);
        }

        var (file, skip) = reader.Read(path.Relative, type);
        if (file is null)
        {
            return new FileOutcome(path, existing, null, skip);
        }

        if (existing is not null && plan.IsCurrent(existing, file.Sha256))
        {
            return new FileOutcome(path, existing, null, null);
        }

        try
        {
            var prepared = file.Text is { } text && type.Format != DocumentFormat.Html
                ? Build(path, type, file, null, chunker.Chunk(text, type, plan.Settings.Chunks), null)
                : await ParseAsync(path, type, file, plan, cancellationToken);
            return prepared.Chunks.IsEmpty ? new FileOutcome(path, existing, null, SkipReason.Empty) : new FileOutcome(path, existing, prepared, null);
        }
        catch (ExtractionException e)
        {
            return new FileOutcome(path, existing, null, e.Reason);
        }
    }

    private async Task<PreparedFile> ParseAsync(BrainPath path, FileType type, ReadFile file, PreparationPlan plan, CancellationToken cancellationToken)
    {
        var cached = database.Read(session => ExtractionsTable.Find(session, file.Sha256, type.Format), cancellationToken);
        var document = cached ?? await extractor.ExtractAsync(type.Format, file.Bytes, cancellationToken);
        if (document.Pages.Any(page => SecretContent.IsSecret(page.Text)))
        {
            throw new ExtractionException(SkipReason.SecretContent, "The document holds a private key or a credential.");
        }

        var toStore = cached is null ? JsonSerializer.Serialize(document, BrainJson.Default.ExtractedDocument) : null;
        return Build(path, type, file, document.Title, chunker.Chunk(document, type, plan.Settings.Chunks), toStore);
    }

    private static PreparedFile Build(
        BrainPath path,
        FileType type,
        ReadFile file,
        string? title,
        IReadOnlyList<ChunkDraft> drafts,
        string? extraction) => new()
        {
            Path = path,
            Sha256 = file.Sha256,
            Size = file.Length,
            Modified = file.LastWriteUtc,
            Type = type,
            SourceType = SourceType.Of(path.Relative, type),
            Title = title,
            Extraction = extraction,
            Chunks = [.. drafts.Select(draft => Analyze(path, title, draft))],
        };

    private static PreparedChunk Analyze(BrainPath path, string? title, ChunkDraft draft) => new(
        draft,
        TextAnalyzer.Analyze(draft.Text),
        TextAnalyzer.Analyze($"{path.Display} {title} {draft.HeadingPath} {draft.SymbolName}"));
}

using AgentBrain.Server.Brains.Extraction;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Brains.Chunking;

/// <summary>Splits documents, each with the chunker of its format. Holds no state; safe to share between threads.</summary>
internal sealed class DocumentChunker
{
    private readonly TextChunker _text = new();
    private readonly MarkdownChunker _markdown;
    private readonly CSharpChunker _csharp;
    private readonly StructureChunker _structure = new();

    /// <summary>Creates the chunkers.</summary>
    public DocumentChunker()
    {
        _markdown = new MarkdownChunker(_text);
        _csharp = new CSharpChunker(_structure);
    }

    /// <summary>Splits a text. Chunks come in document order and cover all text but white space; none is longer than 1.25 times the size.</summary>
    /// <param name="text">The document. Lines end with <c>\n</c> or <c>\r\n</c>.</param>
    /// <param name="type">Its type.</param>
    /// <param name="settings">Size and overlap.</param>
    public IReadOnlyList<ChunkDraft> Chunk(string text, FileType type, ChunkSettings settings) =>
        ChunkerOf(type).Chunk(text, type, settings);

    /// <summary>
    /// Splits a parsed document. A chunk never spans pages, and carries its page's number when the document is a PDF; its lines
    /// are those of the page's text.
    /// </summary>
    /// <param name="document">What the extraction gave.</param>
    /// <param name="type">The type of the file it comes from.</param>
    /// <param name="settings">Size and overlap.</param>
    public IReadOnlyList<ChunkDraft> Chunk(ExtractedDocument document, FileType type, ChunkSettings settings)
    {
        var chunker = ChunkerOf(type);
        var chunks = new List<ChunkDraft>();
        foreach (var page in document.Pages)
        {
            var drafts = chunker.Chunk(page.Text, type, settings);
            chunks.AddRange(type.Format == DocumentFormat.Pdf ? drafts.Select(draft => draft with { Page = page.Number }) : drafts);
        }

        return chunks;
    }

    private IChunker ChunkerOf(FileType type) => type switch
    {
        { Format: DocumentFormat.Markdown or DocumentFormat.Html } => _markdown,
        { Format: DocumentFormat.Code, Language: "csharp" } => _csharp,
        { Format: DocumentFormat.Code } => _structure,
        _ => _text,
    };
}

namespace AgentBrain.Server.Brains.Chunking;

/// <summary>A piece of a document, before it is stored.</summary>
/// <param name="Text">The text, as it stands in the document.</param>
/// <param name="StartLine">First line, from 1.</param>
/// <param name="EndLine">Last line, inclusive.</param>
/// <param name="HeadingPath">The headings above it joined by <c> &gt; </c>, for documents.</param>
/// <param name="SymbolName">The symbol it defines, for code, qualified by its containers with dots (<c>ReplayStore.TryAdd</c>).</param>
/// <param name="SymbolKind">class, interface, struct, record, enum, method, constructor, property, function, module, …</param>
/// <param name="Page">Page number from 1, for PDF.</param>
internal sealed record ChunkDraft(
    string Text,
    int StartLine,
    int EndLine,
    string? HeadingPath = null,
    string? SymbolName = null,
    string? SymbolKind = null,
    int? Page = null);

/// <summary>How large chunks become. Both are in tokens, estimated at four characters each.</summary>
/// <param name="Size">Target size, 128 to 2048.</param>
/// <param name="Overlap">Text repeated between neighbours that had to be cut, 0 to 200 and less than <paramref name="Size"/>.</param>
internal sealed record ChunkSettings(int Size = 512, int Overlap = 50);

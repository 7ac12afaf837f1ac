using System.Collections.Immutable;

namespace AgentBrain.Server.Brains.Extraction;

/// <summary>The text of a parsed document.</summary>
/// <param name="Title">The document's own title, if it has one.</param>
/// <param name="Pages">Its pages in order; HTML has one, whose text is Markdown (headings as <c>#</c>).</param>
internal sealed record ExtractedDocument(string? Title, ImmutableArray<ExtractedPage> Pages);

/// <summary>One page of text.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Text">The page's text.</param>
internal sealed record ExtractedPage(int Number, string Text);

using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace AgentBrain.Server.Brains.Extraction;

/// <summary>The text of a parsed document.</summary>
/// <param name="Title">The document's own title, if it has one.</param>
/// <param name="Pages">Its pages in order; HTML has one, whose text is Markdown (headings as <c>#</c>).</param>
internal sealed record ExtractedDocument(string? Title, ImmutableArray<ExtractedPage> Pages)
{
    /// <summary>False if JSON left something out that a document has.</summary>
    [JsonIgnore]
    public bool IsWhole => !Pages.IsDefault && Pages.All(page => page?.Text is not null);
}

/// <summary>One page of text.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Text">The page's text.</param>
internal sealed record ExtractedPage(int Number, string Text);

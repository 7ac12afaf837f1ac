using System.Collections.Immutable;
using AngleSharp.Dom;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Brains.Extraction;

/// <summary>Reads HTML into Markdown: headings, paragraphs, lists, table rows, code; without scripts, navigation and what is hidden.</summary>
/// <param name="limits">Most text.</param>
internal sealed class HtmlParser(ExtractionLimits limits)
{
    /// <summary>Parses a page; one without text gives a document without pages.</summary>
    /// <exception cref="ExtractionException">It exceeds a limit, or is nested too deeply.</exception>
    public ExtractedDocument Parse(ReadOnlyMemory<byte> content)
    {
        if (!HtmlGuard.Allows(content.Span))
            throw new ExtractionException(SkipReason.ExtractionFailed, $"The page is nested deeper than {HtmlGuard.DeepestNesting} elements.");

        // Elements are not tied to a browsing context that loads or runs anything: the default configuration has neither.
        using var stream = new MemoryStream(content.ToArray(), writable: false);
        using var document = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(stream);
        var writer = new MarkdownWriter(limits.MaxTextLength);
        var title = PlainText.Clean(Walk(document, writer) ?? "").Trim();
        var text = PlainText.Clean(writer.ToString());
        if (text.Length > limits.MaxTextLength)
            throw new ExtractionException(SkipReason.ExtractionTooBig, $"The page has more than {limits.MaxTextLength} characters of text.");

        ImmutableArray<ExtractedPage> pages = string.IsNullOrWhiteSpace(text) ? [] : [new ExtractedPage(1, text)];
        return new ExtractedDocument(title.Length == 0 ? null : title[..Math.Min(title.Length, 500)], pages);
    }

    // Visits the tree without recursion, however deep it is. Returns the title.
    private static string? Walk(IDocument document, MarkdownWriter writer)
    {
        string? title = null;
        var open = new Stack<(INode Node, int Next)>();
        open.Push((document, 0));
        while (open.TryPop(out var top))
        {
            if (top.Next == top.Node.ChildNodes.Length)
            {
                if (top.Node is IElement left)
                    writer.Leave(left.LocalName);
                continue;
            }

            open.Push((top.Node, top.Next + 1));
            var child = top.Node.ChildNodes[top.Next];
            if (child is IText text)
            {
                writer.Text(text.Data);
            }
            else if (child is IElement element)
            {
                if (element.LocalName == "title" && element.ParentElement?.LocalName == "head")
                    title ??= element.TextContent;
                else if (!HtmlVisibility.IsDropped(element) && writer.Enter(element.LocalName, element.GetAttribute("alt")))
                    open.Push((element, 0));
            }
        }

        return title;
    }
}

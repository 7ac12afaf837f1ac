using AgentBrain.Server.Brains.Files;
using Markdig;
using Markdig.Syntax;

namespace AgentBrain.Server.Brains.Chunking;

/// <summary>
/// Splits Markdown by heading. A section that is too long is cut between its blocks; a tiny one is joined with those that follow
/// below the same parent and keeps its own heading path. Only headings of the document itself count, not those in quotes or lists.
/// </summary>
/// <param name="fallback">Splits what nests too deeply to be parsed.</param>
internal sealed class MarkdownChunker(TextChunker fallback) : IChunker
{
    private const string Separator = " > ";

    private static readonly MarkdownPipeline Pipeline = CreatePipeline();

    /// <inheritdoc/>
    public IReadOnlyList<ChunkDraft> Chunk(string text, FileType type, ChunkSettings settings)
    {
        if (!MarkdownGuard.Allows(text))
            return fallback.Chunk(text, type, settings);

        MarkdownDocument document;
        try
        {
            document = Markdown.Parse(text, Pipeline);
        }
        catch (ArgumentException)
        {
            // The parser's answer to nesting beyond its depth limit.
            return fallback.Chunk(text, type, settings);
        }

        var lines = new LineMap(text);
        var writer = new ChunkWriter(text, lines, settings);
        var borders = new List<int>();
        var sections = Sections(text, lines, document, borders);
        foreach (var section in MarkdownSection.Merge(sections, writer.TargetLength))
            writer.Write(section.ToChunkSection(), CutStyle.Prose, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(borders));
        return writer.Chunks;
    }

    // Only the blocks matter; without inline parsers the text between them is not looked at.
    private static MarkdownPipeline CreatePipeline()
    {
        var builder = new MarkdownPipelineBuilder().UseYamlFrontMatter();
        builder.InlineParsers.Clear();
        return builder.Build();
    }

    private static List<MarkdownSection> Sections(string text, LineMap lines, MarkdownDocument document, List<int> borders)
    {
        var sections = new List<MarkdownSection>();
        var path = new Stack<(int Level, string Path)>();
        var open = new MarkdownSection(0, 0, 0, null, false);
        foreach (var block in document)
        {
            if (block is LinkReferenceDefinitionGroup)
                continue;

            var start = lines.StartOfLineAt(Math.Clamp(block.Span.Start, 0, text.Length));
            if (block is not HeadingBlock heading)
            {
                open = open with { HasContent = true };
                AddBorders(block, start, lines, borders);
                continue;
            }

            if (start > open.Start || open.HasContent)
                sections.Add(open with { End = start });
            while (path.Count > 0 && path.Peek().Level >= heading.Level)
                path.Pop();
            var end = Math.Clamp(heading.Span.End + 1, start, text.Length);
            var title = HeadingText.Of(text.AsSpan(start, end - start), heading.IsSetext);
            path.Push((heading.Level, path.Count == 0 ? title : path.Peek().Path + Separator + title));
            open = new MarkdownSection(start, text.Length, heading.Level, path.Peek().Path, false);
        }

        sections.Add(open with { End = text.Length });
        return sections;
    }

    private static void AddBorders(Block block, int start, LineMap lines, List<int> borders)
    {
        Add(start);
        if (block is not ListBlock list)
            return;
        foreach (var item in list)
            Add(lines.StartOfLineAt(Math.Max(item.Span.Start, 0)));

        void Add(int border)
        {
            if (borders.Count == 0 || border > borders[^1])
                borders.Add(border);
        }
    }
}

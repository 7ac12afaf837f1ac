using AgentBrain.Server.Brains.Chunking;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Tests.Brains.Chunking;

public sealed class MarkdownChunkerTests
{
    private static readonly FileType _type = new(DocumentFormat.Markdown, "markdown");

    private static IReadOnlyList<ChunkDraft> Chunk(string text, int size = 128, int overlap = 0) =>
        new MarkdownChunker(new TextChunker()).Chunk(text, _type, new ChunkSettings(size, overlap));

    private static string Filler(int sentences) => string.Concat(Enumerable.Range(0, sentences).Select(i => $"Sentence number {i} stands here. "));

    [Fact]
    public void Sections_carry_the_path_of_their_headings()
    {
        var text = $"# A `code` [link](http://x)\n\n{Filler(10)}\n\n## B ##\n\n{Filler(10)}\n\nSetext\n------\n\n{Filler(10)}\n\n### C\n\n{Filler(10)}\n\n# D\n\n{Filler(10)}\n";

        var chunks = Chunk(text);

        Assert.Equal(["A code link", "A code link > B", "A code link > Setext", "A code link > Setext > C", "D"], chunks.Select(chunk => chunk.HeadingPath));
        Assert.StartsWith("Setext\n------", chunks[2].Text, StringComparison.Ordinal);
        Assert.Equal([(1, 3), (5, 7), (9, 12), (14, 16), (18, 20)], chunks.Select(chunk => (chunk.StartLine, chunk.EndLine)));
    }

    [Fact]
    public void Fenced_code_and_front_matter_hold_no_headings()
    {
        var chunks = Chunk($"---\ntitle: x\n# comment\n---\n# A\n\n```sh\n# not a heading\n```\n\n{Filler(12)}\n");

        Assert.Equal([null, "A"], chunks.Select(chunk => chunk.HeadingPath));
    }

    [Fact]
    public void Tiny_sections_join_their_siblings_below_the_path_of_the_first()
    {
        var chunks = Chunk($"# A\n\n{Filler(10)}\n\n## B\n\nb\n\n## C\n\nc\n\n# D\n\nd\n");

        Assert.Equal(["A", "A > B", "D"], chunks.Select(chunk => chunk.HeadingPath));
        Assert.Equal("## B\n\nb\n\n## C\n\nc", chunks[1].Text);
    }

    [Fact]
    public void A_heading_without_text_stands_above_the_first_section_that_has_some()
    {
        var chunks = Chunk($"# A\n\n## B\n\n{Filler(12)}\n");

        Assert.Equal("A > B", Assert.Single(chunks).HeadingPath);
    }

    [Fact]
    public void A_long_section_is_cut_between_its_blocks_with_overlap()
    {
        var paragraphs = Enumerable.Range(0, 12).Select(i => $"Paragraph {i}. {Filler(5)}".TrimEnd()).ToArray();

        var chunks = Chunk("# A\n\n" + string.Join("\n\n", paragraphs), size: 128, overlap: 20);

        Assert.True(chunks.Count > 3);
        Assert.All(chunks, chunk => Assert.Equal("A", chunk.HeadingPath));
        Assert.All(chunks, chunk => Assert.EndsWith("here.", chunk.Text, StringComparison.Ordinal));
        Assert.All(chunks.Skip(1), chunk => Assert.StartsWith("Sentence number 3", chunk.Text, StringComparison.Ordinal));
        Assert.All(chunks.Zip(chunks.Skip(1)), pair => Assert.EndsWith(pair.Second.Text.Split('\n')[0], pair.First.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void Quotes_nested_beyond_the_parser_are_split_as_text()
    {
        var chunks = Chunk(string.Concat(Enumerable.Repeat("> ", 5000)) + "deep");

        Assert.EndsWith("deep", chunks[^1].Text, StringComparison.Ordinal);
    }
}

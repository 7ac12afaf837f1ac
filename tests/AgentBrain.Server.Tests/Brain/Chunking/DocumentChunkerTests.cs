using System.Collections.Immutable;
using System.Diagnostics;
using AgentBrain.Server.Brains.Chunking;
using AgentBrain.Server.Brains.Extraction;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Tests.Brains.Chunking;

public sealed class DocumentChunkerTests
{
    private static readonly DocumentChunker _chunker = new();

    public static TheoryData<string> Types => ["text", "markdown", "html", "csharp", "python", "typescript", "go", "rust", "java", "cpp", "ruby", "sql", "pascal", "shell", "yaml", "unknown"];

    private static FileType TypeOf(string language) => language switch
    {
        "text" => new FileType(DocumentFormat.PlainText, language),
        "markdown" => new FileType(DocumentFormat.Markdown, language),
        "html" => new FileType(DocumentFormat.Html, language),
        _ => new FileType(DocumentFormat.Code, language),
    };

    [Theory]
    [MemberData(nameof(Types))]
    public void Chunks_of_random_text_cover_it_in_order_within_the_size(string language)
    {
        for (var seed = 0; seed < 150; seed++)
        {
            var random = new RandomText(seed);
            var text = random.Next(random.Between(0, 400));
            var size = random.Between(128, 600);
            var settings = new ChunkSettings(size, random.Between(0, Math.Min(size - 1, 200)));

            var chunks = _chunker.Chunk(text, TypeOf(language), settings);

            ChunkAssert.Holds(text, chunks, settings, $"{language}, seed {seed}");
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void White_space_alone_gives_no_chunk(string language)
    {
        Assert.Empty(_chunker.Chunk("", TypeOf(language), new ChunkSettings()));
        Assert.Empty(_chunker.Chunk(" \r\n\t\n", TypeOf(language), new ChunkSettings()));
    }

    public static TheoryData<string, string> Hostile()
    {
        var data = new TheoryData<string, string>();
        foreach (var language in Types)
        {
            foreach (var shape in _shapes.Keys)
                data.Add(language, shape);
        }

        return data;
    }

    private static readonly Dictionary<string, Func<string>> _shapes = new(StringComparer.Ordinal)
    {
        ["one line of 10 MB"] = () => new string('a', 10_000_000),
        ["one line of words"] = () => string.Concat(Enumerable.Repeat("lorem ipsum, ", 800_000)),
        ["a million newlines"] = () => "a" + new string('\n', 1_000_000) + "b",
        ["100k headings"] = () => string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{new string('#', (i % 6) + 1)} heading {i}\n\ntext\n\n")),
        ["quotes in quotes"] = () => string.Concat(Enumerable.Repeat(new string('>', 5000) + "\n", 400)),
        ["a long quote"] = () => new string('>', 2_000_000),
        ["lists in lists"] = () => string.Concat(Enumerable.Range(0, 2000).Select(i => new string(' ', i * 2) + "- x\n")),
        ["list markers"] = () => string.Concat(Enumerable.Repeat("- ", 500_000)),
        ["brackets"] = () => new string('[', 2_000_000),
        ["references"] = () => string.Concat(Enumerable.Range(0, 100_000).Select(i => $"[r{i}]: /u\n")),
        ["nested parentheses"] = () => "class C { void M() { " + new string('(', 20_000) + new string(')', 20_000) + "; } }",
        ["nested blocks"] = () => "class C { void M() { " + new string('{', 20_000) + new string('}', 20_000) + " } }",
        ["nested classes"] = () => string.Concat(Enumerable.Repeat("class C {\n", 20_000)),
        ["unclosed parentheses"] = () => string.Concat(Enumerable.Repeat("if (a(", 200_000)),
        ["list definitions"] = () => string.Concat(Enumerable.Repeat("- [a]: /u\n", 50_000)),
        ["tuples"] = () => "class C { void M() { " + string.Concat(Enumerable.Repeat("(int,", 200_000)),
        ["long sum"] = () => "class C { int x = 1" + string.Concat(Enumerable.Repeat("+1", 200_000)) + "; }",
        ["indentation"] = () => string.Concat(Enumerable.Range(0, 3000).Select(i => new string(' ', i) + "def f():\n")),
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Hostile_text_is_split_in_linear_time(string language, string shape)
    {
        var text = _shapes[shape]();
        var settings = new ChunkSettings();
        var watch = Stopwatch.StartNew();

        var chunks = _chunker.Chunk(text, TypeOf(language), settings);

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(8), $"{language}, {shape}: {watch.Elapsed}");
        Assert.NotEmpty(chunks);
        Assert.All(chunks, chunk => Assert.True(chunk.Text.Length <= 2560));
    }

    [Fact]
    public void Chunks_of_a_pdf_carry_their_page_and_do_not_span_two()
    {
        var document = new ExtractedDocument("T", ImmutableArray.Create(new ExtractedPage(1, "first\npage"), new ExtractedPage(2, ""), new ExtractedPage(3, "third")));

        var chunks = _chunker.Chunk(document, new FileType(DocumentFormat.Pdf, "pdf"), new ChunkSettings());

        Assert.Equal([new ChunkDraft("first\npage", 1, 2, Page: 1), new ChunkDraft("third", 1, 1, Page: 3)], chunks);
    }

    [Fact]
    public void Html_is_split_as_markdown_and_has_no_pages()
    {
        var document = new ExtractedDocument(null, ImmutableArray.Create(new ExtractedPage(1, "# A\n\ntext\n\n# B\n\n" + new string('x', 2000))));

        var chunks = _chunker.Chunk(document, new FileType(DocumentFormat.Html, "html"), new ChunkSettings(128, 0));

        Assert.Equal("A", chunks[0].HeadingPath);
        Assert.Equal("B", chunks[1].HeadingPath);
        Assert.All(chunks, chunk => Assert.Null(chunk.Page));
    }
}

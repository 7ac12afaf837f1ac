using System.Text;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Files;
using AgentBrain.Server.Mcp;
using AgentBrain.Server.Mcp.Resources;
using ModelContextProtocol.Protocol;

namespace AgentBrain.Server.Tests.Mcp.Resources;

public sealed class FileResourceTests : IDisposable
{
    private readonly SeededBrain _brain = new();
    private readonly List<string> _asked = [];

    public void Dispose() => _brain.Dispose();

    [Theory]
    [InlineData("file:///srv/docs/a.md", "/srv/docs/a.md", "srv/docs/a.md")]
    [InlineData("file:///docs/a.md", "/docs/a.md", "docs/a.md")]
    [InlineData("file://docs/a.md", "docs/a.md")]
    [InlineData("FILE://docs/a.md/", "docs/a.md")]
    [InlineData("file://docs/a%20b%23c.md", "docs/a b#c.md")]
    [InlineData("file://docs/100%2525.md", "docs/100%25.md")]
    [InlineData("file://docs/what?#now", "docs/what?#now")]
    [InlineData("file://docs/%2e%2e/%2Fetc/passwd", "docs/..//etc/passwd")]
    [InlineData("file://docs/bad%zz", "docs/bad%zz")]
    public void A_URI_becomes_the_paths_it_may_mean_decoded_once(string uri, params string[] paths)
    {
        Assert.Null(Read(uri, _ => null));
        Assert.Equal(paths, _asked);
    }

    [Fact]
    public void The_absolute_path_wins_over_the_label()
    {
        var content = Read("file:///docs/a.md", path => path == "/docs/a.md" ? Text("a.md", "absolute") : Text("a.md", "label"));

        Assert.Equal("absolute", Assert.IsType<TextResourceContents>(content).Text);
    }

    [Fact]
    public void Text_is_text_with_its_type_and_source()
    {
        var content = Assert.IsType<TextResourceContents>(Read("file://docs/a.md", _ => Text("a.md", "# Hi", DocumentFormat.Markdown)));

        Assert.Equal(("# Hi", "text/markdown", "file://docs/a.md"), (content.Text, content.MimeType, content.Uri));
        Assert.Equal("docs/a.md", content.Meta![ContentOrigin.MetaKey]!["source"]!.GetValue<string>());
        Assert.Equal("untrusted", content.Meta[ContentOrigin.MetaKey]!["trust"]!.GetValue<string>());
    }

    [Fact]
    public void What_is_not_text_is_a_blob()
    {
        var file = new IndexedFile(new BrainPath("docs", "a.pdf"), "0", 3, DocumentFormat.Pdf, "pdf");

        var content = Assert.IsType<BlobResourceContents>(Read("file://docs/a.pdf", _ => new FileContent(file, null, new byte[] { 1, 2, 255 })));

        Assert.Equal("application/pdf", content.MimeType);
        Assert.Equal("AQL/", Encoding.ASCII.GetString(content.Blob.Span));
    }

    [Theory]
    [InlineData("a.cs", DocumentFormat.Code, "csharp", "text/x-csharp")]
    [InlineData("a.json", DocumentFormat.Code, "json", "application/json")]
    [InlineData("a.txt", DocumentFormat.PlainText, "text", "text/plain")]
    [InlineData("a.htm", DocumentFormat.Html, "html", "text/html")]
    [InlineData("a.js", DocumentFormat.Code, "javascript", "text/javascript")]
    internal void The_type_comes_from_the_file_not_from_its_content(string name, DocumentFormat format, string language, string type)
    {
        Assert.Equal(type, MimeTypes.OfText(new IndexedFile(new BrainPath("docs", name), "0", 1, format, language)));
    }

    [Fact]
    public void A_file_above_ten_MiB_is_not_found()
    {
        var file = new IndexedFile(new BrainPath("docs", "a.txt"), "0", 1, DocumentFormat.PlainText, "text");
        var largest = new byte[10 * 1024 * 1024];

        Assert.NotNull(Read("file://docs/a.txt", _ => new FileContent(file, "x", largest)));
        Assert.Null(Read("file://docs/a.txt", _ => new FileContent(file, "x", new byte[largest.Length + 1])));
    }

    private static FileContent Text(string name, string text, DocumentFormat format = DocumentFormat.PlainText) =>
        new(new IndexedFile(new BrainPath("docs", name), "0", text.Length, format, "text"), text, Encoding.UTF8.GetBytes(text));

    private ResourceContents? Read(string uri, Func<string, FileContent?> read) => new FileResource((_, path) =>
    {
        _asked.Add(path);
        return read(path);
    }).Read(ResourceUri.TryParse(uri)!, _brain.Caller);
}

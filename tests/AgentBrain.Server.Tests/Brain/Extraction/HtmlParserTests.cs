using System.Text;
using AgentBrain.Server.Brains.Extraction;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Tests.Brains.Extraction;

public sealed class HtmlParserTests
{
    private static ExtractedDocument Parse(string html, int maxText = 1_000_000) =>
        new HtmlParser(new ExtractionLimits { MaxTextLength = maxText }).Parse(Encoding.UTF8.GetBytes(html));

    private static string TextOf(string html) => Assert.Single(Parse(html).Pages).Text;

    [Fact]
    public void Structure_becomes_markdown()
    {
        var document = Parse("""
            <html><head><title> A  page </title><style>p{}</style></head><body>
            <nav>menu</nav>
            <h1>First <em>heading</em></h1><p>One
            paragraph with <a href="http://x.test">a link</a>.</p>
            <ul><li>one</li><li>two<ol><li>inner</li></ol></li></ul>
            <table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td><p>2</p></td></tr></table>
            <pre><code>if (x) {
                # y
            }</code></pre>
            <h2>Second</h2>line<br>break<script>evil()</script><template>t</template>
            </body></html>
            """);

        Assert.Equal("A  page", document.Title);
        Assert.Equal(
            "# First heading\n\nOne paragraph with a link.\n\n- one\n- two\n  1. inner\n\n| a | b |\n| 1 | 2 |\n\n```\nif (x) {\n    # y\n}\n```\n\n## Second\n\nline\nbreak",
            Assert.Single(document.Pages).Text);
    }

    [Theory]
    [InlineData("<p hidden>secret</p>")]
    [InlineData("<p style='Display : none'>secret</p>")]
    [InlineData("<div aria-hidden=true><p>secret</div>")]
    [InlineData("<nav><p>secret</nav>")]
    [InlineData("<noscript>secret</noscript>")]
    [InlineData("<!-- secret -->")]
    public void What_a_reader_does_not_see_is_dropped(string html) => Assert.Equal("seen", TextOf("<body>" + html + "<p>seen</p>"));

    [Fact]
    public void Text_cannot_pass_for_a_heading_or_end_a_fence()
    {
        Assert.Equal("\\# not a heading", TextOf("<p># not a heading</p>"));
        Assert.Equal("````\n```\n# x\n````", TextOf("<pre>```\n# x</pre>"));
    }

    [Fact]
    public void A_page_without_text_gives_no_pages() => Assert.Empty(Parse("<html><body><img src=x></body></html>").Pages);

    [Fact]
    public void Too_much_text_is_refused()
    {
        var exception = Assert.Throws<ExtractionException>(() => Parse("<p>" + new string('a', 2000), maxText: 1000));

        Assert.Equal(SkipReason.ExtractionTooBig, exception.Reason);
    }
}

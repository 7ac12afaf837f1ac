using AgentBrain.Server.Brains.Extraction;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Tests.Brains.Extraction;

public sealed class PdfParserTests
{
    private static ExtractedDocument Parse(byte[] pdf, ExtractionLimits? limits = null) => new PdfParser(limits ?? new ExtractionLimits()).Parse(pdf);

    [Fact]
    public void Pages_keep_their_numbers_and_lines_and_words_their_order()
    {
        var document = Parse(TestPdf.WithPages(["First line of text", "second line"], [], ["On the third page"]));

        Assert.Equal("The title", document.Title);
        Assert.Equal([1, 3], document.Pages.Select(page => page.Number));
        Assert.Matches("^First line of text\\s+second line$", document.Pages[0].Text);
        Assert.Equal("On the third page", document.Pages[1].Text);
    }

    [Fact]
    public void A_word_hyphenated_at_a_line_end_is_joined()
    {
        var text = Parse(TestPdf.WithPages(["This is an infor-", "mation about well-", "Known things"])).Pages[0].Text;

        Assert.Contains("an information about", text, StringComparison.Ordinal);
        Assert.Contains("well-\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pdf_without_text_gives_no_pages() => Assert.Empty(Parse(TestPdf.WithPages([])).Pages);

    [Fact]
    public void An_encrypted_pdf_says_so()
    {
        var exception = Assert.Throws<ExtractionException>(() => Parse(TestPdf.Encrypted()));

        Assert.Equal(SkipReason.ExtractionFailed, exception.Reason);
        Assert.Contains("encrypted", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_pages_are_refused()
    {
        var exception = Assert.Throws<ExtractionException>(() => Parse(TestPdf.WithPages(["a"], ["b"], ["c"]), new ExtractionLimits { MaxPages = 2 }));

        Assert.Equal(SkipReason.ExtractionTooBig, exception.Reason);
    }
}

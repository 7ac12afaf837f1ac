using System.Collections.Immutable;
using System.Text.RegularExpressions;
using AgentBrain.Server.Brains.Files;
using UglyToad.PdfPig;
using UglyToad.PdfPig.DocumentLayoutAnalysis.TextExtractor;
using UglyToad.PdfPig.Exceptions;

namespace AgentBrain.Server.Brains.Extraction;

/// <summary>Reads the text of a PDF page by page, in reading order.</summary>
/// <param name="limits">Most text and pages.</param>
internal sealed class PdfParser(ExtractionLimits limits)
{
    // A hyphen between a letter and a lower-case letter on the next line is the typesetter's, not the author's.
    private static readonly Regex HyphenAtLineEnd = new(
        @"(?<before>\p{L})[-\u2010\u00AD][ \t]*\n[ \t]*(?<after>\p{Ll})",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);

    private static readonly ParsingOptions Options = new() { UseLenientParsing = true, SkipMissingFonts = true };

    /// <summary>Parses a PDF. One without text, such as a scan, gives a document without pages.</summary>
    /// <exception cref="ExtractionException">It is encrypted or exceeds a limit.</exception>
    public ExtractedDocument Parse(ReadOnlyMemory<byte> content)
    {
        using var document = Open(content);
        if (document.NumberOfPages > limits.MaxPages)
            throw new ExtractionException(SkipReason.ExtractionTooBig, $"The PDF has {document.NumberOfPages} pages; {limits.MaxPages} are allowed.");

        var pages = ImmutableArray.CreateBuilder<ExtractedPage>();
        var length = 0L;
        for (var number = 1; number <= document.NumberOfPages; number++)
        {
            var text = TextOf(document, number);
            length += text.Length;
            if (length > limits.MaxTextLength)
                throw new ExtractionException(SkipReason.ExtractionTooBig, $"The PDF has more than {limits.MaxTextLength} characters of text.");
            if (!string.IsNullOrWhiteSpace(text))
                pages.Add(new ExtractedPage(number, text));
        }

        var title = PlainText.Clean(document.Information.Title ?? "").Trim();
        return new ExtractedDocument(title.Length == 0 ? null : title[..Math.Min(title.Length, 500)], pages.ToImmutable());
    }

    private static PdfDocument Open(ReadOnlyMemory<byte> content)
    {
        try
        {
            return PdfDocument.Open(content.ToArray(), Options);
        }
        catch (PdfDocumentEncryptedException)
        {
            throw new ExtractionException(SkipReason.ExtractionFailed, "The PDF is encrypted and needs a password.");
        }
    }

    private static string TextOf(PdfDocument document, int number)
    {
        var page = document.GetPage(number);
        var text = ContentOrderTextExtractor.GetText(page, addDoubleNewline: true);
        return HyphenAtLineEnd.Replace(PlainText.Clean(text), "${before}${after}").Trim();
    }
}

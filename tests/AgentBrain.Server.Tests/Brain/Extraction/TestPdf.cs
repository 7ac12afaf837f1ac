using System.IO.Compression;
using System.Text;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Fonts.Standard14Fonts;
using UglyToad.PdfPig.Writer;

namespace AgentBrain.Server.Tests.Brains.Extraction;

/// <summary>Makes PDFs for tests.</summary>
internal static class TestPdf
{
    /// <summary>One page for each array of lines.</summary>
    public static byte[] WithPages(params string[][] pages)
    {
        var builder = new PdfDocumentBuilder { DocumentInformation = { Title = "The title" } };
        var font = builder.AddStandard14Font(Standard14Font.Helvetica);
        foreach (var lines in pages)
        {
            var page = builder.AddPage(PageSize.A4);
            for (var i = 0; i < lines.Length; i++)
                page.AddText(lines[i], 12, new PdfPoint(50, 780 - (i * 16)), font);
        }

        return builder.Build();
    }

    /// <summary>A page whose content stream inflates to <paramref name="bytes"/> spaces.</summary>
    public static byte[] WithBomb(long bytes)
    {
        var deflated = new MemoryStream();
        using (var zlib = new ZLibStream(deflated, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var block = Enumerable.Repeat((byte)' ', 1024 * 1024).ToArray();
            for (var written = 0L; written < bytes; written += block.Length)
                zlib.Write(block);
        }

        return Raw(deflated.ToArray(), "/Filter /FlateDecode ", "");
    }

    /// <summary>A PDF that says it is encrypted with a password nobody gives.</summary>
    public static byte[] Encrypted()
    {
        var key = string.Concat(Enumerable.Repeat("AB", 32));
        return Raw("BT ET"u8.ToArray(), "", $"/ID [<{key[..32]}> <{key[..32]}>] /Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <{key}> /U <{key}> >> ");
    }

    private static byte[] Raw(byte[] content, string filter, string trailer)
    {
        var pdf = new MemoryStream();
        var offsets = new List<long>();
        Write("%PDF-1.4\n");
        Object("<< /Type /Catalog /Pages 2 0 R >>");
        Object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
        Object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Resources << >> /Contents 4 0 R >>");
        offsets.Add(pdf.Length);
        Write($"4 0 obj\n<< {filter}/Length {content.Length} >>\nstream\n");
        pdf.Write(content);
        Write("\nendstream\nendobj\n");
        var start = pdf.Length;
        Write($"xref\n0 {offsets.Count + 1}\n0000000000 65535 f \n");
        foreach (var offset in offsets)
            Write($"{offset:D10} 00000 n \n");
        Write($"trailer\n<< /Size {offsets.Count + 1} /Root 1 0 R {trailer}>>\nstartxref\n{start}\n%%EOF\n");
        return pdf.ToArray();

        void Write(string text) => pdf.Write(Encoding.ASCII.GetBytes(text));
        void Object(string body)
        {
            offsets.Add(pdf.Length);
            Write($"{offsets.Count} 0 obj\n{body}\nendobj\n");
        }
    }
}

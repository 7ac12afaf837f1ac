using System.IO.Compression;
using System.Text;
using AgentBrain.FaultTests.Support;

namespace AgentBrain.FaultTests.Input;

/// <summary>Documents made to exhaust what reads them (SR-50): each fails itself, and nothing else.</summary>
public sealed class HostileDocumentTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Bombs_fail_themselves_and_their_neighbours_are_indexed()
    {
        shared.Tree.Write("root/bombs/bomb.pdf", Bomb(1L << 30));
        shared.Tree.Write("root/bombs/deep.html", string.Concat(Enumerable.Repeat("<div>", 200_000)) + "deepword");
        shared.Tree.Write("root/bombs/tables.html", string.Concat(Enumerable.Repeat("<table><tr><td>", 20_000)) + "tableword");
        shared.Tree.Write("root/bombs/quotes.md", string.Concat(Enumerable.Repeat("> ", 100_000)) + "quoteword");
        shared.Tree.Write("root/bombs/braces.cs", string.Concat(Enumerable.Repeat("class A { ", 50_000)) + "braceword");
        shared.Tree.Write("root/bombs/nonsense.pdf", "%PDF-1.7 this is none"u8.ToArray());
        shared.Tree.Write("root/bombs/good.html", "<h1>Good</h1><p>goodword</p>");

        var done = await shared.Client.IndexAsync("root/bombs");

        Assert.Equal("completed", done.Status);
        Assert.Contains("extraction_", done.Text, StringComparison.Ordinal);
        Assert.EndsWith("good.html", Assert.Single(await shared.Client.FindAsync("goodword")), StringComparison.Ordinal);
        Assert.DoesNotContain(await shared.Client.FindAsync("root"), path => path.EndsWith("bomb.pdf", StringComparison.Ordinal));
        await shared.StillServesAsync();
    }

    /// <summary>A page whose content stream inflates to so many bytes.</summary>
    private static byte[] Bomb(long bytes)
    {
        using var deflated = new MemoryStream();
        using (var zlib = new ZLibStream(deflated, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var block = new byte[1024 * 1024];
            block.AsSpan().Fill((byte)' ');
            for (var written = 0L; written < bytes; written += block.Length)
                zlib.Write(block);
        }

        using var pdf = new MemoryStream();
        var offsets = new List<long>();
        Write("%PDF-1.4\n");
        Begin("<< /Type /Catalog /Pages 2 0 R >>\nendobj\n");
        Begin("<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n");
        Begin("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Resources << >> /Contents 4 0 R >>\nendobj\n");
        Begin($"<< /Filter /FlateDecode /Length {deflated.Length} >>\nstream\n");
        pdf.Write(deflated.ToArray());
        Write("\nendstream\nendobj\n");
        var start = pdf.Length;
        Write($"xref\n0 5\n0000000000 65535 f \n{string.Concat(offsets.Select(offset => $"{offset:D10} 00000 n \n"))}trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
        return pdf.ToArray();

        void Write(string text) => pdf.Write(Encoding.ASCII.GetBytes(text));

        void Begin(string text)
        {
            offsets.Add(pdf.Length);
            Write($"{offsets.Count} 0 obj\n{text}");
        }
    }
}

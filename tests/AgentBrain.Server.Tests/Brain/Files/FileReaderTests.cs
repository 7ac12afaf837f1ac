using System.Text;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Tests.Brains.Files;

public sealed class FileReaderTests : IDisposable
{
    private readonly TempTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void A_file_is_read_with_its_hash_identity_and_time()
    {
        _tree.Write("a.md", "abc");

        var file = Read("a.md").File!;

        Assert.Equal("abc", file.Text);
        Assert.Equal("abc"u8.ToArray(), file.Bytes.ToArray());
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", file.Sha256);
        Assert.Equal((3L, FileIdentity.OfPath(_tree.PathOf("a.md"))), (file.Length, file.Identity));
        Assert.Equal(File.GetLastWriteTimeUtc(_tree.PathOf("a.md")), file.LastWriteUtc.UtcDateTime);
    }

    [Fact]
    public void A_pdf_is_read_as_bytes()
    {
        _tree.Write("a.pdf", [(byte)'%', (byte)'P', 0, 1, 2, 3]);

        Assert.Equal((6, null), (Read("a.pdf").File!.Bytes.Length, Read("a.pdf").File!.Text));
    }

    [Fact]
    public void What_may_not_be_indexed_says_why()
    {
        _tree.Write("empty.md", "").Write("blank.md", " \n\t\n").Write("binary.md", [1, 0, 2]).Write("large.md", new string('x', 1001))
            .Write("key.md", "token gh" + "p_" + new string('a', 36)).Write(".env").Write("html.html", "<p>gh" + "p_" + new string('a', 36))
            .Write("utf16.md", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("gh" + "p_" + new string('a', 36))])
            .Write(".aws/notes.md").Link("link.md", "blank.md").HardLink("hard.md", Path.Combine(_tree.Outside, "secret.md"));

        Assert.Equal(SkipReason.Empty, Read("empty.md").Skip);
        Assert.Equal(SkipReason.Empty, Read("blank.md").Skip);
        Assert.Equal(SkipReason.Binary, Read("binary.md").Skip);
        Assert.Equal(SkipReason.TooLarge, Read("large.md").Skip);
        Assert.Equal(SkipReason.SecretContent, Read("key.md").Skip);
        Assert.Equal(SkipReason.SecretContent, Read("html.html").Skip);
        Assert.Equal(SkipReason.SecretContent, Read("utf16.md").Skip);
        Assert.Equal(SkipReason.SecretName, Read(".env").Skip);
        Assert.Equal(SkipReason.SecretName, Read(".aws/notes.md").Skip);
        Assert.Equal(SkipReason.Symlink, Read("link.md").Skip);
        Assert.Equal(SkipReason.HardLink, Read("hard.md").Skip);
        Assert.Equal(SkipReason.OutsideRoot, Read("../outside/secret.md").Skip);
        Assert.Equal(SkipReason.Changed, Read("missing.md").Skip);
    }

    [Fact]
    public void An_entry_that_was_skipped_is_not_read()
    {
        _tree.Write("a.md");
        using var root = Openers.Open(Openers.OpenAt2, _tree.Root);
        var reader = new FileReader(root, 1000);

        Assert.Equal(new ReadResult(null, SkipReason.Gitignored), reader.Read(new ScanEntry("a.md", FileTypes.Classify("a.md"), SkipReason.Gitignored)));
        Assert.Equal(new ReadResult(null, SkipReason.UnknownType), reader.Read(new ScanEntry("a.md", null, null)));
        Assert.NotNull(reader.Read(new ScanEntry("a.md", FileTypes.Classify("a.md"), null)).File);
    }

    private ReadResult Read(string path)
    {
        using var root = Openers.Open(Openers.OpenAt2, _tree.Root);
        return new FileReader(root, 1000).Read(path, FileTypes.Classify(path[(path.LastIndexOf('/') + 1)..]) ?? new FileType(DocumentFormat.PlainText, "text"));
    }
}

using System.Text;
using AgentBrain.Server.Brains.Extraction;
using AgentBrain.Server.Brains.Files;
using AgentBrain.Server.Brains.Indexing;
using AgentBrain.Server.Brains.Storage;
using AgentBrain.Server.Tests.Brains.Indexing;
using Microsoft.Data.Sqlite;

namespace AgentBrain.Server.Tests.Brains.Storage;

/// <summary>The bytes of a small index, and damage to them.</summary>
public sealed class DamagedIndex : IAsyncLifetime
{
    private const int Page = 4096;

    private readonly TemporaryDirectory _root = new();
    private byte[] _sound = [];

    public async ValueTask InitializeAsync()
    {
        var random = new Random(7);
        for (var i = 0; i < 90; i++)
        {
            _root.Write($"docs/part{i % 3}/{(i % 9 == 0 ? $"page{i}.html" : $"note{i}.md")}", $"# {Words(random, 3)}\n\n{Words(random, 120)}\n\n## {Words(random, 2)}\n\n{Words(random, 90)}\n");
        }

        _root.Write("metadata.json", """{"team":"search"}""");
        await using var brain = new RunningBrain(root: _root, extractor: new PlainExtractor());
        await brain.IndexAsync("root/docs");
        await brain.IndexAsync("root/docs/part1", new FolderSettings { Exclude = ["**/draft*"] });
        var injected = brain.Brain.Indexing.Inject("root/docs/part2", "root/metadata.json", new FolderSettings(), force: false, dryRun: false, "tester");
        await brain.FinishAsync(injected.Job!);

        // A brain that is closed leaves the one file, whole.
        brain.Brain.Dispose();
        _sound = await File.ReadAllBytesAsync(Path.Combine(brain.DataDirectory, "index.db"));
    }

    /// <summary>Some words of which the index has most.</summary>
    internal static string Words(Random random, int count) =>
        string.Join(' ', Enumerable.Range(0, count).Select(_ => $"word{(char)('a' + (int)(Math.Pow(random.NextDouble(), 3) * 26))}{random.Next(8)}"));

    /// <summary>A brain on a copy of the index.</summary>
    internal RunningBrain Open(byte[] index) => new(root: _root, extractor: new PlainExtractor(), index: index);

    /// <summary>Junk, flipped bits, empty pages and pages in the place of others, as the seed decides.</summary>
    public byte[] WithBytesOf(int seed)
    {
        var random = new Random(seed);
        var bytes = _sound.ToArray();
        var pages = bytes.Length / Page;
        Span<byte> PageOf(int number) => bytes.AsSpan(number * Page, Page);
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            switch (seed % 5)
            {
                case 0:
                    random.NextBytes(PageOf(random.Next(1, pages)));
                    break;
                case 1:
                    PageOf(random.Next(1, pages)).CopyTo(PageOf(random.Next(1, pages)));
                    break;
                case 2:
                    PageOf(random.Next(1, pages)).Clear();
                    break;
                case 3:
                    random.NextBytes(bytes.AsSpan(random.Next(Page, bytes.Length - 600), random.Next(1, 600)));
                    break;
                default:
                    for (var bits = 0; bits < 12; bits++)
                    {
                        bytes[random.Next(100, bytes.Length)] ^= (byte)(1 << random.Next(8));
                    }

                    break;
            }
        }

        return bytes;
    }

    /// <summary>Values that a statement sets, in a file that is otherwise sound; what the tables require is not required.</summary>
    public byte[] WithValuesOf(string statement)
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Write("index.db", _sound);
        using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, ForeignKeys = false }.ToString()))
        {
            connection.Open();
            using var session = new SqliteSession(connection);
            session.Script("PRAGMA journal_mode = DELETE; PRAGMA writable_schema = ON");
            session.Script("UPDATE sqlite_schema SET sql = replace(sql, ' NOT NULL', '') WHERE type = 'table' AND sql NOT LIKE '%WITHOUT ROWID%'; PRAGMA writable_schema = RESET");
            session.Script(statement);
            session.Script("PRAGMA journal_mode = WAL");
        }

        return File.ReadAllBytes(file);
    }

    public ValueTask DisposeAsync()
    {
        _root.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed class PlainExtractor : IDocumentExtractor
    {
        public Task<ExtractedDocument> ExtractAsync(DocumentFormat format, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
            Task.FromResult(new ExtractedDocument("Title", [new ExtractedPage(1, Encoding.UTF8.GetString(content.Span))]));
    }
}

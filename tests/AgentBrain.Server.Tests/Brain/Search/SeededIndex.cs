using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Chunking;
using AgentBrain.Server.Brains.Files;
using AgentBrain.Server.Brains.Indexing;
using AgentBrain.Server.Brains.Search;
using AgentBrain.Server.Brains.Storage;

namespace AgentBrain.Server.Tests.Brains.Search;

/// <summary>A database with hand-made files, one chunk each.</summary>
internal sealed class SeededIndex : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public SeededIndex()
    {
        Database = BrainDatabase.Open(Path.Combine(_directory.Path, "index.db"), 0);
        Folder = Database.Write(session => FoldersTable.Upsert(session, new BrainPath("docs", ""), new FolderSettings(), null));
        Searcher = new Searcher(Database, Cache, new BrainTelemetry(new NoMeters()), TimeProvider.System);
    }

    public BrainDatabase Database { get; }

    public long Folder { get; }

    public SearchCache Cache { get; } = new();

    public Searcher Searcher { get; }

    public string DatabaseFile => Path.Combine(_directory.Path, "index.db");

    public void Add(string path, string text, string language = "markdown", string sourceType = "doc", string? symbol = null) =>
        Database.Write(session => FilesTable.Replace(session, Folder, Prepare(path, text, language, sourceType, symbol), "v1", "job_1"));

    public IReadOnlyList<string> Find(string query, Func<SearchRequest, SearchRequest>? with = null)
    {
        var request = new SearchRequest { Query = query, Mode = SearchMode.Bm25 };
        return [.. Searcher.Search(with?.Invoke(request) ?? request, CancellationToken.None).Hits.Select(hit => hit.Chunk.File.Relative)];
    }

    public void Dispose()
    {
        Database.Dispose();
        _directory.Dispose();
    }

    private static PreparedFile Prepare(string path, string text, string language, string sourceType, string? symbol) => new()
    {
        Path = new BrainPath("docs", path),
        Sha256 = "0",
        Size = text.Length,
        Modified = DateTimeOffset.UnixEpoch,
        Type = new FileType(DocumentFormat.Markdown, language),
        SourceType = sourceType,
        Chunks = [new PreparedChunk(new ChunkDraft(text, 1, 1, SymbolName: symbol), TextAnalyzer.Analyze(text), TextAnalyzer.Analyze($"{path} {symbol}"))],
    };
}

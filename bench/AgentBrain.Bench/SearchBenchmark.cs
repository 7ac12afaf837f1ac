using System.Diagnostics;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Chunking;
using AgentBrain.Server.Brains.Files;
using AgentBrain.Server.Brains.Indexing;
using AgentBrain.Server.Brains.Search;
using AgentBrain.Server.Brains.Storage;

namespace AgentBrain.Bench;

/// <summary>How long a BM25 search takes over 100,000 chunks, without the cache of answers.</summary>
internal static class SearchBenchmark
{
    private const int Chunks = 100_000;
    private const int ChunksPerFile = 20;
    private const int Queries = 2000;

    public static void Run(Report report)
    {
        report.Section($"BM25 over {Chunks:N0} chunks of 120 words, top 10, every query another");
        var bench = new BenchBrain();
        try
        {
            Fill(bench.Database);
            foreach (var words in (int[])[1, 2, 3, 5])
            {
                Measure(report, bench, $"{words} word(s)", words, request => request);
            }

            Measure(report, bench, "3 words, language filter", 3, request => request with { Languages = ["csharp"] });
        }
        finally
        {
            bench.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static void Measure(Report report, BenchBrain bench, string name, int words, Func<SearchRequest, SearchRequest> with)
    {
        var corpus = new Corpus(words + 100);
        var requests = Enumerable.Range(0, Queries).Select(_ => with(new SearchRequest { Query = corpus.Query(words), Mode = SearchMode.Bm25 })).ToList();
        foreach (var request in requests.Take(200))
        {
            bench.Brain.Search(request with { TopK = 9 }, CancellationToken.None);
        }

        var samples = new double[requests.Count];
        for (var i = 0; i < requests.Count; i++)
        {
            var started = Stopwatch.GetTimestamp();
            bench.Brain.Search(requests[i], CancellationToken.None);
            samples[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        Array.Sort(samples);
        report.Figure($"{name}, p50", Report.Percentile(samples, 0.50), "ms", "<= 5");
        report.Figure($"{name}, p99", Report.Percentile(samples, 0.99), "ms");
    }

    private static void Fill(BrainDatabase database)
    {
        var corpus = new Corpus(1);
        var folder = database.Write(session => FoldersTable.Upsert(session, new BrainPath("root", ""), new FolderSettings(), null));
        for (var batch = 0; batch < Chunks / ChunksPerFile / 100; batch++)
        {
            var files = Enumerable.Range(batch * 100, 100).Select(file => Prepare(corpus, file)).ToList();
            database.Write(session => files.ForEach(file => FilesTable.Replace(session, folder, file, "v1", "job")));
        }
    }

    private static PreparedFile Prepare(Corpus corpus, int number)
    {
        var path = new BrainPath("root", $"part{number % 50}/file{number}.md");
        return new PreparedFile
        {
            Path = path,
            Sha256 = "0",
            Size = 1,
            Modified = DateTimeOffset.UnixEpoch,
            Type = number % 10 == 0 ? new FileType(DocumentFormat.Code, "csharp") : new FileType(DocumentFormat.Markdown, "markdown"),
            SourceType = number % 10 == 0 ? "code" : "doc",
            Chunks = [.. Enumerable.Range(0, ChunksPerFile).Select(chunk => Chunk(corpus.Text(120), path))],
        };
    }

    private static PreparedChunk Chunk(string text, BrainPath path) =>
        new(new ChunkDraft(text, 1, 10), TextAnalyzer.Analyze(text), TextAnalyzer.Analyze(path.Display));
}

using AgentBrain.Server.Brains.Indexing;

namespace AgentBrain.Bench;

/// <summary>How fast a folder is indexed the first time, and how fast it is found unchanged; for prose, for code by structure, for C# by its parser.</summary>
internal static class IndexBenchmark
{
    private const int Files = 4000;
    private const int Characters = 16_000;

    public static async Task RunAsync(Report report)
    {
        await RunAsync(report, "Markdown", static (corpus, i) => ($"doc{i}.md", corpus.Markdown(Characters)));
        await RunAsync(report, "Java", static (corpus, i) => ($"Code{i}.java", corpus.Code(Characters)));
        await RunAsync(report, "C#", static (corpus, i) => ($"Code{i}.cs", corpus.Code(Characters)));
    }

    private static async Task RunAsync(Report report, string kind, Func<Corpus, int, (string Name, string Text)> make)
    {
        report.Section($"Indexing {Files} files of {kind}, {Characters} characters each");
        await using var bench = new BenchBrain();
        var bytes = Write(bench.Root, make);
        var first = await TimeAsync(bench, force: false);
        report.Figure("first time", Files / first, "files/s");
        report.Figure("first time", bytes / first / 1e6, "MB/s", ">= 20");
        report.Figure("chunks", bench.Brain.Count().Chunks, "");
        report.Figure("unchanged", Files / await TimeAsync(bench, force: false), "files/s", ">= 2,000");
        report.Figure("forced again", bytes / await TimeAsync(bench, force: true) / 1e6, "MB/s");
        report.Figure("database", new FileInfo(Path.Combine(bench.Data, "index.db")).Length / 1e6, "MB", $"(text {bytes / 1e6:F0} MB)");
    }

    private static long Write(string root, Func<Corpus, int, (string Name, string Text)> make)
    {
        var corpus = new Corpus(1);
        long bytes = 0;
        for (var i = 0; i < Files; i++)
        {
            var directory = Directory.CreateDirectory(Path.Combine(root, $"part{i % 40:00}")).FullName;
            var (name, text) = make(corpus, i);
            File.WriteAllText(Path.Combine(directory, name), text);
            bytes += text.Length;
        }

        return bytes;
    }

    private static async Task<double> TimeAsync(BenchBrain bench, bool force)
    {
        var job = await bench.FinishAsync(bench.Brain.Indexing.Folder("root", new FolderSettings(), force, "bench"));
        return (job.FinishedAt!.Value - job.StartedAt!.Value).TotalSeconds;
    }
}

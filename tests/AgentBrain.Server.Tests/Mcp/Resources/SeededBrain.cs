using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Chunking;
using AgentBrain.Server.Brains.Files;
using AgentBrain.Server.Brains.Indexing;
using AgentBrain.Server.Brains.Jobs;
using AgentBrain.Server.Brains.Search;
using AgentBrain.Server.Brains.Storage;
using AgentBrain.Server.Mcp;
using AgentBrain.Server.Tests.Brains;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Tests.Mcp.Resources;

/// <summary>A real brain on a database of its own, with one root <c>docs</c> and one indexed file, and its caller.</summary>
internal sealed class SeededBrain : ICallContexts, IDisposable
{
    public const string RootPath = "/srv/secret-place/docs";

    private readonly string _directory = Directory.CreateTempSubdirectory("agent-brain-test-").FullName;

    public SeededBrain(TimeProvider? time = null)
    {
        Database = BrainDatabase.Open(Path.Combine(_directory, "index.db"), 0);
        Brain = new OpenBrain(new BrainDefinition("default", [new BrainRoot("docs", RootPath)], new BrainLimits()), Database, Environment(time));
        AddFolder("");
        Caller = new CallContext { Entry = BrainEntry.Of(Brain), Mode = "none", Subject = "local", Scopes = [], IsLocal = false };
    }

    public BrainDatabase Database { get; }

    public OpenBrain Brain { get; }

    public CallContext Caller { get; set; }

    public string FileKey => PreparedFile.KeyOf(new BrainPath("docs", "guide.md"));

    public CallContext Of(MessageContext message) => Caller;

    private BrainEnvironment Environment(TimeProvider? time) => new()
    {
        DataDirectory = _directory,
        ServerOwned = [],
        Extractor = null!,
        Time = time ?? TimeProvider.System,
        Telemetry = new BrainTelemetry(new NoMeters()),
        Logger = NullLogger.Instance,
    };

    public void AddFolder(string path)
    {
        Database.Write(session =>
        {
            var folder = FoldersTable.Upsert(session, new BrainPath("docs", path), new FolderSettings(), null);
            if (path.Length == 0)
            {
                FilesTable.Replace(session, folder, Guide(), "v1", "job_1");
            }
        });
        Brain.Changes.Signal();
    }

    public JobRecord Enqueue(string folder = "") => Brain.Jobs.Enqueue(
        new JobRequest { Kind = JobKind.Index, Targets = [new JobTarget(new BrainPath("docs", folder), new FolderSettings(), [])] },
        "someone-else");

    public void Dispose()
    {
        Brain.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static PreparedFile Guide() => new()
    {
        Path = new BrainPath("docs", "guide.md"),
        Sha256 = "0",
        Size = 11,
        Modified = DateTimeOffset.UnixEpoch,
        Type = new FileType(DocumentFormat.Markdown, "markdown"),
        SourceType = "doc",
        Title = "Guide",
        Chunks = [new PreparedChunk(new ChunkDraft("# Grüße <b>", 1, 1, "Guide"), TextAnalyzer.Analyze("guide"), "")],
    };
}

using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Indexing;
using AgentBrain.Server.Brains.Jobs;
using AgentBrain.Server.Hosting;
using AgentBrain.Server.Tests.Brains;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentBrain.Server.Tests.Hosting;

public sealed class JobConsoleTests
{
    [Fact]
    public void A_running_job_is_a_bar_with_its_files_and_speed()
    {
        var line = ProgressLine.Of(Job("root/docs", JobState.Running, 50, 200), TimeSpan.FromSeconds(2), 200);

        Assert.Equal("root/docs  ██████░░░░░░░░░░░░░░░░░░  25 %  50/200, 25 files/s", line);
    }

    [Fact]
    public void A_finished_job_is_its_result()
    {
        var line = ProgressLine.Of(Job("root/docs", JobState.Failed, 50, 200) with { Message = "The disk is full." }, TimeSpan.FromSeconds(2.5), 200);

        Assert.Equal("✗ root/docs  failed after 2.5 s: The disk is full.", line);
    }

    [Fact]
    public void A_line_is_never_wider_than_the_terminal()
    {
        Assert.Equal(39, ProgressLine.Of(Job("root/" + new string('x', 100), JobState.Running, 1, 2), TimeSpan.Zero, 40).Length);
    }

    [Fact]
    public void A_directory_name_cannot_steer_the_terminal()
    {
        var line = ProgressLine.Of(Job("root/\e[2J\u202eevil\r\n", JobState.Running, 1, 2), TimeSpan.Zero, 200);

        Assert.StartsWith("root/?[2J?evil??  ", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_written_where_nobody_watches()
    {
        using var data = new TemporaryDirectory();
        using var catalog = BrainCatalog.Start([new BrainDefinition("default", [new BrainRoot("root", data.Path)], new BrainLimits())], Environment(data.Path), 0);
        using var console = new JobConsole(catalog, new NoTerminal(), TimeProvider.System);

        await console.StartAsync(CancellationToken.None);
        catalog.Get("default").Indexing.Folder("root", new FolderSettings(), force: false, "tester");

        await console.ExecuteTask!;
    }

    private static JobRecord Job(string folder, JobState state, int processed, int total) => new()
    {
        Sequence = 1,
        Id = "job_000000000000",
        Request = new JobRequest { Kind = JobKind.Index, Targets = [new JobTarget(new BrainPath(folder.Split('/')[0], folder.Split('/', 2)[1]), new FolderSettings(), [])] },
        Owner = "tester",
        State = state,
        Attempts = 1,
        Processed = processed,
        Total = total,
        Counts = new JobCounts(),
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    private static BrainEnvironment Environment(string data) => new()
    {
        DataDirectory = data,
        ServerOwned = [],
        Extractor = null!,
        Time = TimeProvider.System,
        Telemetry = new BrainTelemetry(new NoMeters()),
        Logger = NullLogger.Instance,
    };
}

using AgentBrain.FaultTests.Support;

namespace AgentBrain.FaultTests.Crash;

/// <summary>A folder being indexed by a server that is killed again and again.</summary>
/// <param name="options">How the server is started, each time the same.</param>
/// <param name="folder">The folder.</param>
/// <param name="log">Where the moments are written, so that a failure can be told from another.</param>
internal sealed class KilledIndexing(ServerOptions options, string folder, Action<string> log)
{
    private const string Started = "started (attempt ";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private Dictionary<string, string> _done = [];

    /// <summary>How often files were found done by an earlier attempt of the same job.</summary>
    public int Kept { get; private set; }

    /// <summary>Kills after which the job had been failed for its attempts, and was asked for again.</summary>
    public int AskedAgain { get; private set; }

    public string JobId { get; private set; } = "";

    /// <summary>Starts a server, and kills it so long after the job began or went on.</summary>
    public async Task KillAfterAsync(TimeSpan delay)
    {
        await using var server = await ServerProcess.StartAsync(options);
        var attempt = await RunningAsync(server);
        await Task.Delay(delay);
        await server.KillWithoutOrphansAsync();
        Inspect(attempt, delay);
    }

    /// <summary>Starts a server and lets it finish; the job as it is told.</summary>
    public async Task<Answer> FinishAsync()
    {
        await using var server = await ServerProcess.StartAsync(options);
        await RunningAsync(server);
        await using var client = await server.ConnectAsync();
        await client.DoAsync("wait_for_job", new { job_id = JobId, timeout_seconds = 120 });
        var job = await client.DoAsync("get_job", new { job_id = JobId });
        Assert.Equal(0, await server.StopAsync());
        return job;
    }

    /// <summary>Files of the last look that the job had done.</summary>
    public int Done => _done.Count;

    private async Task<string> RunningAsync(ServerProcess server)
    {
        if (JobId.Length > 0)
        {
            await using var asking = await server.ConnectAsync();
            var job = await asking.DoAsync("get_job", new { job_id = JobId });
            if (job.Status is "pending" or "running")
                return (await server.Output.FindAsync(Started, 0, Patience))!.Value.Line;

            Assert.True(job.Status == "completed" || job.Result!["reason"]?.GetValue<string>() == "too_many_attempts", job.Text);
            AskedAgain += job.Status == "completed" ? 0 : 1;
            log($"  {job.Text}");
        }

        // The first time; a job that was done before the last kill; or one that stopped the server too often: as a user would.
        await using var asker = await server.ConnectAsync();
        JobId = (await asker.DoAsync("index_folder", new { folder_path = folder, force = JobId.Length > 0 })).JobId;
        _done = [];
        return (await server.Output.FindAsync($"{JobId} {Started}", 0, Patience))!.Value.Line;
    }

    private void Inspect(string attempt, TimeSpan delay)
    {
        using var index = IndexFiles.Open(options.Data);
        IndexAssert.IsWhole(index);
        var done = index.Rows("SELECT path, id FROM files WHERE job_id = $job", ("$job", JobId)).ToDictionary(row => row.Split('|')[0], row => row.Split('|')[1], StringComparer.Ordinal);
        log($"killed {delay.TotalMilliseconds:0} ms after '{attempt.Trim()}': {done.Count} files done, {_done.Count} before");
        foreach (var (path, row) in _done)
            Assert.True(done.TryGetValue(path, out var now) && now == row, $"{path} was done again: row {row}, now {now}");

        Kept += _done.Count;
        _done = done;
    }
}

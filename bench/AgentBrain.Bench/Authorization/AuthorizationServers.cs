using System.Security.Cryptography;

namespace AgentBrain.Bench.Authorization;

/// <summary>A server in each mode, all on copies of one index, with the issuer and the Redis that they need. No limit is off; none is reached.</summary>
internal sealed class AuthorizationServers : IAsyncDisposable
{
    private const int Files = 5_900;
    private readonly string _folder = Directory.CreateTempSubdirectory("agent-brain-bench-").FullName;
    private readonly Stack<IAsyncDisposable> _running = [];

    public static (string, string)[] Limits { get; } = [("AGENT_BRAIN_RATE_PER_ADDRESS", "1000000"), ("AGENT_BRAIN_RATE_PER_PRINCIPAL", "1000000")];

    public string Secret { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public BenchIssuer Issuer { get; private set; } = null!;

    public BenchRedis Redis { get; private set; } = null!;

    public BenchServer None { get; private set; } = null!;

    public BenchServer Basic { get; private set; } = null!;

    public BenchServer Memory { get; private set; } = null!;

    public BenchServer Shared { get; private set; } = null!;

    /// <summary>How much the index holds.</summary>
    public int Chunks { get; private set; }

    private string Root => Path.Combine(_folder, "root");

    public static async Task<AuthorizationServers> StartAsync()
    {
        var servers = new AuthorizationServers();
        try
        {
            await servers.FillAsync();
            await servers.RunAsync();
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_running.TryPop(out var part))
            await part.DisposeAsync();

        Directory.Delete(_folder, recursive: true);
    }

    private async Task RunAsync()
    {
        Issuer = Keep(await BenchIssuer.StartAsync());
        Redis = Keep(await BenchRedis.StartAsync());
        (string, string)[] oauth =
        [
            ("AGENT_BRAIN_AUTH", "oauth"), ("AGENT_BRAIN_OAUTH_ISSUER", Issuer.Url), ("AGENT_BRAIN_OAUTH_ACCESS", "subject:alice=all"),
            ("AGENT_BRAIN_DPOP_RATE_PER_KEY", "1000000"), ("AGENT_BRAIN_DPOP_PROOFS_PER_KEY", "1000000"),
        ];
        None = await StartAsync("none");
        Basic = await StartAsync("basic", ("AGENT_BRAIN_AUTH", "basic"), ("AGENT_BRAIN_BASIC_SECRET", Secret));
        Memory = await StartAsync("memory", oauth);
        Shared = await StartAsync("shared", [.. oauth, ("AGENT_BRAIN_REDIS", Redis.Address)]);
    }

    private async Task<BenchServer> StartAsync(string name, params (string, string)[] settings)
    {
        var data = Path.Combine(_folder, name);
        if (!Directory.Exists(data))
            Copy(Path.Combine(_folder, "none"), data);

        return Keep(await BenchServer.StartAsync(Root, data, [.. Limits, .. settings]));
    }

    /// <summary>Indexes once, over MCP.</summary>
    private async Task FillAsync()
    {
        var corpus = new Corpus(1);
        for (var i = 0; i < Files; i++)
        {
            var directory = Directory.CreateDirectory(Path.Combine(Root, $"part{i % 50:00}")).FullName;
            await File.WriteAllTextAsync(Path.Combine(directory, $"doc{i}.md"), corpus.Markdown(16_000));
        }

        await using var server = await BenchServer.StartAsync(Root, Path.Combine(_folder, "none"));
        await using var client = await server.ConnectAsync();
        var job = await client.CallToolAsync("index_folder", new Dictionary<string, object?> { ["folder_path"] = Root });
        var wait = new Dictionary<string, object?> { ["job_id"] = job.StructuredContent!.Value.GetProperty("job_id").GetString(), ["timeout_seconds"] = 600 };
        var done = (await client.CallToolAsync("wait_for_job", wait)).StructuredContent!.Value;
        if (done.GetProperty("status").GetString() != "completed")
            throw new InvalidOperationException(done.ToString());

        var counts = (await client.CallToolAsync("query_count")).StructuredContent!.Value;
        Chunks = counts.GetProperty("total_chunks").GetInt32();
    }

    private static void Copy(string from, string to)
    {
        foreach (var directory in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
        {
            var copy = Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, directory))).FullName;
            foreach (var file in Directory.EnumerateFiles(directory).Where(static file => Path.GetFileName(file) != "lock"))
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }
    }

    private T Keep<T>(T part)
        where T : IAsyncDisposable
    {
        _running.Push(part);
        return part;
    }
}

using ModelContextProtocol.Client;

namespace AgentBrain.FaultTests.Support;

/// <summary>One server with one indexed document for the tests of a class, which each show that it is still there.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private readonly TemporaryTree _tree = new();
    private ServerProcess? _server;
    private McpClient? _client;

    internal TemporaryTree Tree => _tree;

    internal ServerProcess Server => _server!;

    internal McpClient Client => _client!;

    internal string Data => _tree.Combine("data");

    public async ValueTask InitializeAsync()
    {
        _tree.Write("root/kept/anchor.md", "# Anchor\n\nlighthouse keeper");
        _server = await ServerProcess.StartAsync(new ServerOptions { Root = _tree.Combine("root"), Data = _tree.Combine("data") });
        _client = await _server.ConnectAsync();
        Assert.Equal("completed", (await _client.IndexAsync("root/kept")).Status);
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
            await _client.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();

        _tree.Dispose();
    }

    /// <summary>A refusal for a reason, whose text names the fix and nothing of the machine; no job, no folder, and the server serves.</summary>
    internal async Task RefusesAsync(string tool, object arguments, string reason, string fix)
    {
        var before = await StateAsync();
        var answer = await Client.AskAsync(tool, arguments);

        Assert.True(answer.IsError, $"{tool} did not refuse: {answer.Text}");
        Assert.Equal(reason, answer.Reason);
        Assert.Contains(fix, answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", answer.Text, StringComparison.Ordinal);
        Assert.Equal(before, await StateAsync());
        await StillServesAsync();
    }

    internal async Task StillServesAsync()
    {
        Assert.EndsWith("kept/anchor.md", Assert.Single(await Client.FindAsync("lighthouse")), StringComparison.Ordinal);
        Assert.Equal("healthy", (await Client.DoAsync("server_health")).Status);
    }

    /// <summary>Jobs, folders and counts: what a refused call must not have changed.</summary>
    private async Task<string> StateAsync() => string.Join('\n', await Task.WhenAll(
        Client.DoAsync("list_jobs", new { limit = 100 }).ContinueWith(answer => answer.Result.Result!.ToJsonString(), TaskScheduler.Default),
        Client.DoAsync("list_folders").ContinueWith(answer => answer.Result.Result!.ToJsonString(), TaskScheduler.Default),
        Client.DoAsync("query_count").ContinueWith(answer => answer.Result.Result!.ToJsonString(), TaskScheduler.Default)));
}

namespace AgentBrain.IntegrationTests.Infrastructure;

/// <summary>A root with a real project in it, and a data directory, both of this test alone.</summary>
internal sealed class Site : IDisposable
{
    private readonly TemporaryDirectory directory;

    /// <summary>Copies the project; skips the test where it cannot be had.</summary>
    public Site(NodeEnvironment node)
    {
        node.Require();
        directory = new TemporaryDirectory();
        Data = directory.Make("data");
        Root = directory.Make("zod");
        node.CopyProjectTo(Root);
    }

    public string Data { get; }

    public string Root { get; }

    /// <summary>Starts a server for it.</summary>
    public Task<ServerProcess> StartServerAsync(string? secret = null) => ServerProcess.StartAsync(Data, Root, secret);

    public void Dispose() => directory.Dispose();
}

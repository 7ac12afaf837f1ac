namespace AgentBrain.IntegrationTests.Infrastructure;

/// <summary>A directory that is deleted at the end of a test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string FullPath { get; } = Directory.CreateTempSubdirectory("agent-brain-test-").FullName;

    /// <summary>The path of something in it.</summary>
    public string Path(string name) => System.IO.Path.Combine(FullPath, name);

    /// <summary>A new directory in it.</summary>
    public string Make(string name) => Directory.CreateDirectory(Path(name)).FullName;

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}

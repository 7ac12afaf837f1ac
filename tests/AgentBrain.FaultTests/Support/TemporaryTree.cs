namespace AgentBrain.FaultTests.Support;

/// <summary>A directory that is gone when the test is.</summary>
internal sealed class TemporaryTree : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("agent-brain-fault-").FullName;

    public string Combine(string relative) => System.IO.Path.Combine(Path, relative);

    public string Folder(string relative) => Directory.CreateDirectory(Combine(relative)).FullName;

    public string Write(string relative, string text)
    {
        var path = Prepare(relative);
        File.WriteAllText(path, text);
        return path;
    }

    public string Write(string relative, byte[] bytes)
    {
        var path = Prepare(relative);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }

    private string Prepare(string relative)
    {
        var path = Combine(relative);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return path;
    }
}

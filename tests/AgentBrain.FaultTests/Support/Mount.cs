namespace AgentBrain.FaultTests.Support;

/// <summary>A file system of its own in memory, so that one that is full or read-only can be had.</summary>
internal sealed class Mount : IAsyncDisposable
{
    private Mount(string path) => Path = path;

    public string Path { get; }

    /// <summary>Mounts it, or skips the test with the reason why that is not possible here.</summary>
    public static async Task<Mount> CreateAsync(string path, string options)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Privileges.IsRoot, "Only root may mount a file system.");
        Directory.CreateDirectory(path);
        var error = await Shell.TryAsync("mount", "-t", "tmpfs", "-o", options, "tmpfs", path);
        Assert.SkipWhen(error is not null, $"This machine does not let root mount a file system: {error}");
        return new Mount(path);
    }

    public Task RemountAsync(string options) => Shell.RunAsync("mount", "-o", "remount," + options, Path);

    public async ValueTask DisposeAsync() => await Shell.RunAsync("umount", "-l", Path);
}

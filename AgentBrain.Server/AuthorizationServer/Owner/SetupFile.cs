using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>The file in the data directory that holds the setup link where no person watches the terminal.</summary>
/// <param name="data">The data directory, mode 0700.</param>
internal sealed class SetupFile(DataDirectory data)
{
    /// <summary>Its path.</summary>
    public string FullPath => Path.Combine(data.FullPath, "setup-link");

    /// <summary>Writes it, readable by the server's user alone from its first byte on.</summary>
    public void Write(string link)
    {
        Delete();
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        using var writer = new StreamWriter(FullPath, options);
        writer.WriteLine(link);
    }

    /// <summary>Deletes it, if it is there.</summary>
    public void Delete() => File.Delete(FullPath);
}

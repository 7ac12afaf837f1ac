using System.Text;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.AuthorizationServer.State;

/// <summary>
/// A file in the data directory that says that there was an owner. A database that is gone or empty beside it is a loss, and not a first
/// run: setup must not open again for whoever comes first (SR-23).
/// </summary>
internal sealed class OwnerMarker(DataDirectory data)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "owner-exists";

    private const string Text = "This data directory has an owner. As long as this file is here, a missing database is a loss and not a first run.\n";

    /// <summary>Is it there?</summary>
    public static bool Exists(string dataDirectory) => File.Exists(Path.Combine(dataDirectory, FileName));

    /// <summary>Sets it, on the disk.</summary>
    public void Set() => Set(data.FullPath);

    /// <inheritdoc cref="Set()"/>
    public static void Set(string dataDirectory)
    {
        if (Exists(dataDirectory))
            return;

        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        using var file = new FileStream(Path.Combine(dataDirectory, FileName), options);
        file.Write(Encoding.UTF8.GetBytes(Text));
        file.Flush(flushToDisk: true);
    }
}

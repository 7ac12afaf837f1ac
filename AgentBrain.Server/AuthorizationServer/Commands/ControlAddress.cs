using System.Net.Sockets;
using System.Text;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.AuthorizationServer.Commands;

/// <summary>
/// Where the control socket of a data directory is: <c>control.sock</c> in it, unless that path is longer than a socket's may be
/// (about 100 bytes). Then it is in a new directory of the user's, and the file <c>control.path</c> says where.
/// </summary>
internal static class ControlAddress
{
    /// <summary>The socket's name.</summary>
    public const string SocketFile = "control.sock";

    /// <summary>The name of the file that says where the socket is.</summary>
    public const string PathFile = "control.path";

    /// <summary>sockaddr_un has 104 bytes on macOS and 108 on Linux, with a zero behind the path.</summary>
    public const int MaxPathBytes = 100;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int MaxPathFile = 4096;

    /// <summary>Chooses a place for the socket, and takes away what a server that was killed left there. Only the holder of the directory's lock may.</summary>
    /// <exception cref="ConfigurationException">There is no place for it.</exception>
    public static string Prepare(string dataDirectory)
    {
        Remove(dataDirectory);
        var near = Path.Combine(dataDirectory, SocketFile);
        if (Fits(near))
            return near;

        // Of the user's own, closed to others by its creation.
        var far = Path.Combine(Directory.CreateTempSubdirectory("agent-brain-").FullName, SocketFile);
        if (!Fits(far))
        {
            Directory.Delete(Path.GetDirectoryName(far)!);
            throw new ConfigurationException($"{SettingNames.Data} is {dataDirectory}, a path too long for the socket by which commands reach the server, and the directory for temporary files has one as well; give either a path of less than {MaxPathBytes - SocketFile.Length} bytes.");
        }

        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;

        using var writer = new StreamWriter(Path.Combine(dataDirectory, PathFile), options);
        writer.Write(far);
        return far;
    }

    /// <summary>The socket of a server that has the directory, if there is a sign of one.</summary>
    public static string? Find(string dataDirectory)
    {
        var near = Path.Combine(dataDirectory, SocketFile);
        if (File.Exists(near))
            return Fits(near) ? near : null;

        return ReadPath(dataDirectory) is { } far && Fits(far) && File.Exists(far) ? far : null;
    }

    /// <summary>Takes the socket away, wherever it is.</summary>
    public static void Remove(string dataDirectory)
    {
        if (ReadPath(dataDirectory) is { } far && Path.GetFileName(far) == SocketFile)
        {
            TryDelete(far);
            TryDelete(Path.GetDirectoryName(far)!);
        }

        TryDelete(Path.Combine(dataDirectory, PathFile));
        TryDelete(Path.Combine(dataDirectory, SocketFile));
    }

    /// <summary>Closes a socket that was bound to others; its directory is closed as well.</summary>
    public static void Close(string path)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, OwnerOnly);
    }

    /// <summary>The end point of a path that was chosen or found here.</summary>
    public static UnixDomainSocketEndPoint EndPoint(string path) => new(path);

    private static bool Fits(string path) => Encoding.UTF8.GetByteCount(path) <= MaxPathBytes;

    private static string? ReadPath(string dataDirectory)
    {
        var file = new FileInfo(Path.Combine(dataDirectory, PathFile));
        return file.Exists && file.Length is > 0 and <= MaxPathFile && Path.IsPathFullyQualified(File.ReadAllText(file.FullName)) ? File.ReadAllText(file.FullName) : null;
    }

    /// <summary>What somebody else put there, or took away, is not ours to remove.</summary>
    private static void TryDelete(string path)
    {
        try
        {
            if (Directory.Exists(path))
                Directory.Delete(path);
            else
                File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Binding or connecting will tell.
        }
    }
}

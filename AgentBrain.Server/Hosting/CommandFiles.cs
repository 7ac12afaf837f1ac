using System.Text;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Hosting;

/// <summary>Reads the files that a command's options name.</summary>
internal static class CommandFiles
{
    /// <summary>Checks that a file can be made.</summary>
    /// <param name="option">The option that names it.</param>
    /// <param name="file">Its path.</param>
    /// <returns>Its whole path.</returns>
    /// <exception cref="ConfigurationException">It is there already, or its directory is not.</exception>
    public static string CheckNew(string option, string file)
    {
        var path = Path.GetFullPath(file);
        if (Path.Exists(path))
            throw new ConfigurationException($"{option} names {file}, which is there already and would be overwritten; name another file.");

        return Directory.Exists(Path.GetDirectoryName(path)) ? path : throw new ConfigurationException($"{option} names {file}, whose directory is not there; make it, or name another.");
    }

    /// <summary>Takes a file that the server made to where it was asked for. Nothing that is there meanwhile is overwritten.</summary>
    /// <exception cref="ConfigurationException">It cannot be put there.</exception>
    public static void Take(string option, string made, string target)
    {
        try
        {
            File.Move(made, target, overwrite: false);
            using var file = new FileStream(target, FileMode.Open, FileAccess.ReadWrite);
            file.Flush(flushToDisk: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            File.Delete(made);
            throw new ConfigurationException($"{option} names {target}, which cannot be written ({exception.Message.TrimEnd('.')}); name a file that your user may make.", exception);
        }
    }

    private const int MaxBytes = 48 * 1024;

    /// <summary>Reads a file.</summary>
    /// <param name="option">The option or setting that names it.</param>
    /// <param name="file">Its path.</param>
    /// <exception cref="ConfigurationException">It is absent, unreadable, empty or too large.</exception>
    public static string Read(string option, string file)
    {
        try
        {
            var info = new FileInfo(file);
            if (!info.Exists)
                throw new ConfigurationException($"{option} names {file}, which is no file; correct the name.");

            if (info.Length > MaxBytes)
                throw new ConfigurationException($"{option} names {file}, which is larger than {MaxBytes} bytes; it should hold nothing else.");

            return File.ReadAllText(file, Encoding.UTF8).Trim() is { Length: > 0 } text ? text : throw new ConfigurationException($"{option} names {file}, which is empty.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{option} names {file}, which cannot be read; let your user read it.", exception);
        }
    }
}

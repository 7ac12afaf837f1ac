using System.Text;

namespace AgentBrain.Server.Configuration;

/// <summary>Reads a file that holds secrets and must be its owner's alone.</summary>
internal static class SecretFile
{
    private const int MaxBytes = 4096;

    /// <summary>Reads the file.</summary>
    /// <param name="where">The setting, for messages.</param>
    /// <param name="file">The path.</param>
    /// <returns>What is in it, without white space around it; perhaps nothing.</returns>
    /// <exception cref="ConfigurationException">It is absent, unreadable, too large, or others can read it.</exception>
    public static string Read(string where, string file)
    {
        try
        {
            if (!File.Exists(file))
                throw new ConfigurationException($"{where} names {file}, which is no file; create it with mode 0600.");

            var target = PrivateFile.Find(where, file);
            if (target.Length > MaxBytes)
                throw new ConfigurationException($"{where} names {file}, which is larger than {MaxBytes} bytes; it should hold nothing else.");

            return File.ReadAllText(target.FullName, Encoding.UTF8).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{where} names {file}, which cannot be read; let the server's user read it.", exception);
        }
    }
}

using System.Buffers.Text;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.AuthorizationServer.Keys;

/// <summary>Finds the key-encryption key, which is never in the data directory: a copy of that must not open itself.</summary>
internal static class KeyEncryptionKey
{
    /// <summary>Where systemd says that credentials are.</summary>
    public const string CredentialsDirectory = "CREDENTIALS_DIRECTORY";

    /// <summary>The name of the credential.</summary>
    public const string Credential = "agent-brain-kek";

    private const int Bytes = 32;

    /// <summary>Reads it.</summary>
    /// <param name="file">The file that the setting names, if any.</param>
    /// <param name="credentials">The directory of systemd credentials, if any.</param>
    /// <param name="data">The data directory.</param>
    /// <returns>What seals with it, or what seals nothing where there is none.</returns>
    /// <exception cref="ConfigurationException">The file is not one that keeps such a key.</exception>
    public static ISealer Find(string? file, string? credentials, DataDirectory data)
    {
        if (file is not null)
            return new AesSealer(Read(SettingNames.KekFile, file, data));

        if (string.IsNullOrEmpty(credentials) || Path.Combine(credentials, Credential) is var credential && !File.Exists(credential))
            return new NoSealer();

        return new AesSealer(Read(CredentialsDirectory, credential, data));
    }

    private static byte[] Read(string setting, string file, DataDirectory data)
    {
        var text = SecretFile.Read(setting, file);
        if (RealPath.Of(Path.GetFullPath(file)).StartsWith(data.FullPath + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new ConfigurationException($"{setting} names {file}, which is in the data directory, so that a copy of it could open itself; keep the key elsewhere.");

        var key = new byte[Bytes];
        return Base64.IsValid(text, out var length) && length == Bytes && Convert.TryFromBase64String(text, key, out _)
            ? key
            : throw new ConfigurationException($"{setting} names {file}, which is not {Bytes} bytes in base64; make them with: openssl rand -base64 {Bytes}");
    }
}

using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.AuthorizationServer.Keys;

/// <summary>There is no key-encryption key: what is kept is kept as it is.</summary>
internal sealed class NoSealer : ISealer
{
    /// <inheritdoc/>
    public bool IsSealing => false;

    /// <inheritdoc/>
    public byte[] Seal(string purpose, ReadOnlySpan<byte> plain) => plain.ToArray();

    /// <inheritdoc/>
    public byte[] Open(string purpose, byte[] value, bool isSealed) => isSealed
        ? throw new ConfigurationException($"The keys in {SettingNames.Data} are encrypted, and there is no key to open them; name the file that was used before with {SettingNames.KekFile}.")
        : value;
}

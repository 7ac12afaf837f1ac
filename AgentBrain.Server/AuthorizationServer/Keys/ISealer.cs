namespace AgentBrain.Server.AuthorizationServer.Keys;

/// <summary>Encrypts what is at rest under the key-encryption key, where there is one.</summary>
internal interface ISealer
{
    /// <summary>False when there is no key-encryption key, and file mode is all that protects.</summary>
    bool IsSealing { get; }

    /// <summary>Seals for a purpose; returns the plain bytes where nothing seals.</summary>
    byte[] Seal(string purpose, ReadOnlySpan<byte> plain);

    /// <summary>Opens what <see cref="Seal"/> made.</summary>
    /// <param name="purpose">The same purpose.</param>
    /// <param name="value">What was kept.</param>
    /// <param name="isSealed">Was it sealed when it was kept?</param>
    /// <exception cref="Configuration.ConfigurationException">It is sealed, and the key is missing or another one.</exception>
    byte[] Open(string purpose, byte[] value, bool isSealed);
}

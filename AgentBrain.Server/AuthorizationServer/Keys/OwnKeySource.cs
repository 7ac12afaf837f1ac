using AgentBrain.OAuth.Issuers;

namespace AgentBrain.Server.AuthorizationServer.Keys;

/// <summary>Gives the signing keys to what judges access tokens, within the process.</summary>
internal sealed class OwnKeySource(SigningKeys keys, AuthorizationServerSettings settings) : ILocalKeySource
{
    /// <inheritdoc/>
    public string Issuer => settings.Issuer;

    /// <inheritdoc/>
    public long Version => keys.Ring.Version;

    /// <inheritdoc/>
    public ValueTask<KeyLookup> FindAsync(string? kid, string alg, CancellationToken cancellationToken) => new(
        kid is not null && alg == "ES256" && keys.Ring.Verifying.TryGetValue(kid, out var key) ? new KeyLookup(key, null) : new KeyLookup(null, Reasons.UnknownKey));
}

namespace AgentBrain.OAuth.Issuers;

/// <summary>Where the keys come from that an issuer's tokens are verified with: over the network, or from this process.</summary>
public interface IKeySource
{
    /// <summary>
    /// Grows whenever the keys changed; 0 while there are none. What was verified under one version is not good under the next. Read it
    /// before looking a key up, not after.
    /// </summary>
    long Version { get; }

    /// <summary>Finds the key for a token.</summary>
    /// <param name="kid">The token's <c>kid</c>, or <c>null</c>.</param>
    /// <param name="alg">The token's <c>alg</c>.</param>
    /// <param name="cancellationToken">Ends this caller's waiting, where there is something to wait for.</param>
    ValueTask<KeyLookup> FindAsync(string? kid, string alg, CancellationToken cancellationToken);
}

/// <summary>
/// The keys of the one issuer that lives in this process. They are never fetched: its public URL may lead out and not back in, and
/// whoever controls the names on the way would control the keys.
/// </summary>
public interface ILocalKeySource : IKeySource
{
    /// <summary>The issuer, byte for byte as its tokens have it.</summary>
    string Issuer { get; }
}

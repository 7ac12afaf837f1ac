using AgentBrain.OAuth.Tokens;

namespace AgentBrain.OAuth.Revocation;

/// <summary>Which grants were revoked before their tokens' end. Asked on every request, outside every cache, so it must be quick.</summary>
public interface IRevocations
{
    /// <summary>Is the token, its session, its client's grant or its subject revoked?</summary>
    /// <exception cref="RevocationsUnavailableException">Nothing recent enough is known.</exception>
    bool IsRevoked(AccessToken token);

    /// <summary>Raised when something may be revoked that was not before, so that what is open is looked at again without delay.</summary>
    event EventHandler? Changed
    {
        add { }
        remove { }
    }
}

/// <summary>Nothing recent enough is known about revocations; calls that depend on it are refused (503).</summary>
public sealed class RevocationsUnavailableException() : Exception("The set of revoked grants has not been read for too long.");

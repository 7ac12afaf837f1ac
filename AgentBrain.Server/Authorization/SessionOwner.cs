namespace AgentBrain.Server.Authorization;

/// <summary>
/// Whose a session is. No token id is in it, so that a refreshed token of the same client and key goes on; the resource is, since
/// the SDK's sessions know nothing of brains.
/// </summary>
/// <param name="Resource">The resource URI.</param>
/// <param name="Issuer">The caller's issuer.</param>
/// <param name="Subject">The caller's subject.</param>
/// <param name="ClientId">The caller's client.</param>
/// <param name="KeyThumbprint">The proved key; only this may be absent, and absent matches absent only.</param>
internal sealed record SessionOwner(string Resource, string Issuer, string Subject, string ClientId, string? KeyThumbprint)
{
    /// <summary>The owner that a caller's new session gets.</summary>
    /// <exception cref="InvalidOperationException">A part is empty: such sessions would match each other.</exception>
    public static SessionOwner Of(Caller caller) =>
        caller is { Resource.Length: > 0, Issuer.Length: > 0, Subject.Length: > 0, ClientId.Length: > 0, KeyThumbprint: null or { Length: > 0 } }
            ? new SessionOwner(caller.Resource, caller.Issuer, caller.Subject, caller.ClientId, caller.KeyThumbprint)
            : throw new InvalidOperationException("A caller without resource, issuer, subject or client cannot have a session.");

    /// <summary>Whose quota the session counts against: the same person with another client shares it.</summary>
    public (string Issuer, string Subject) Principal => (Issuer, Subject);
}

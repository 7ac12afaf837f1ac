namespace AgentBrain.Server.AuthorizationServer.Activities;

/// <summary>What can happen at the authorization server. Stable: the audit log and alerts refer to them.</summary>
#pragma warning disable CS1591 // Each code is its own description; docs/operations.md says what to do about each.
internal static class ActivityKinds
{
    public const string OwnerCreated = "owner.created";
    public const string OwnerReset = "owner.reset";
    public const string SetupLinkIssued = "setup_link.issued";
    public const string SetupLinkFailed = "setup_link.failed";
    public const string SignedIn = "session.signed_in";
    public const string SignInFailed = "session.failed";
    public const string SignInFlood = "session.flood";
    public const string SignedOut = "session.signed_out";
    public const string PasswordChanged = "password.changed";
    public const string PasskeyAdded = "passkey.added";
    public const string PasskeyRemoved = "passkey.removed";
    public const string ClientRegistered = "client.registered";
    public const string ClientChanged = "client.changed";
    public const string ClientRemoved = "client.removed";
    public const string ConsentGranted = "consent.granted";
    public const string ConsentDenied = "consent.denied";
    public const string TokenIssued = "token.issued";
    public const string TokenRefreshed = "token.refreshed";
    public const string TokenRefused = "token.refused";
    public const string RefreshRepeated = "refresh.repeated";
    public const string RefreshReplayed = "refresh.replayed";
    public const string RefreshMisused = "refresh.misused";
    public const string CodeReplayed = "code.replayed";
    public const string GrantRevoked = "grant.revoked";
    public const string KeyCreated = "key.created";
    public const string KeyRetired = "key.retired";
    public const string KeyCompromised = "key.compromised";
    public const string BackedUp = "state.backed_up";
    public const string Restored = "state.restored";
    public const string IssuerChanged = "state.issuer_changed";
}

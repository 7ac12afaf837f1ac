using AgentBrain.Server.AuthorizationServer.Activities;

namespace AgentBrain.Server.AuthorizationServer.OwnerConsole;

/// <summary>What happened, in words.</summary>
internal static class ActivityWords
{
    /// <summary>A kind in words; one that has none yet is shown as it is.</summary>
    public static string Of(string kind) => kind switch
    {
        ActivityKinds.OwnerCreated => "The owner's account was made",
        ActivityKinds.OwnerReset => "The owner's account was reset on the machine",
        ActivityKinds.SetupLinkIssued => "A setup link was made on the machine",
        ActivityKinds.SetupLinkFailed => "A setup link was refused",
        ActivityKinds.SignedIn => "The owner signed in",
        ActivityKinds.SignInFailed => "A sign-in failed",
        ActivityKinds.SignInFlood => "Many sign-ins failed: somebody is guessing",
        ActivityKinds.SignedOut => "The owner signed out",
        ActivityKinds.PasswordChanged => "The password was changed",
        ActivityKinds.PasskeyAdded => "A passkey was added",
        ActivityKinds.PasskeyRemoved => "A passkey was removed",
        ActivityKinds.ClientRegistered => "A client registered",
        ActivityKinds.ClientChanged => "A client changed its registration",
        ActivityKinds.ClientRemoved => "A client was removed",
        ActivityKinds.ConsentGranted => "Access was allowed",
        ActivityKinds.ConsentDenied => "Access was denied",
        ActivityKinds.TokenIssued => "A client got its first token",
        ActivityKinds.TokenRefreshed => "A client refreshed its token",
        ActivityKinds.TokenRefused => "A token request was refused",
        ActivityKinds.RefreshRepeated => "A refresh was repeated in time",
        ActivityKinds.RefreshReplayed => "An old refresh token was used again: the access was ended",
        ActivityKinds.RefreshMisused => "A refresh token was used by the wrong client or key",
        ActivityKinds.CodeReplayed => "An authorization code was used again: the access was ended",
        ActivityKinds.GrantRevoked => "Access was revoked",
        ActivityKinds.KeyCreated => "A signing key was made",
        ActivityKinds.KeyRetired => "A signing key was retired",
        ActivityKinds.KeyCompromised => "A signing key was declared stolen",
        ActivityKinds.BackedUp => "A backup was made",
        ActivityKinds.Restored => "A backup was restored",
        ActivityKinds.IssuerChanged => "The server's public address changed: all access was ended",
        _ => kind,
    };

    /// <summary>Does it ask for attention?</summary>
    public static bool IsAlarming(string kind) => kind is ActivityKinds.SetupLinkFailed or ActivityKinds.SignInFailed or ActivityKinds.SignInFlood or ActivityKinds.RefreshReplayed
        or ActivityKinds.RefreshMisused or ActivityKinds.CodeReplayed or ActivityKinds.KeyCompromised or ActivityKinds.OwnerReset;
}

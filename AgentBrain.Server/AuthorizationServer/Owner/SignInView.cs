namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>What the sign-in page shows.</summary>
/// <param name="IsAgain">Does a signed-in owner prove again who they are?</param>
/// <param name="Target">Where it goes then, a path of ours.</param>
/// <param name="PasskeyOptions">What the browser is to ask an authenticator, as JSON; <c>null</c> when there is no passkey.</param>
/// <param name="Error">What was wrong with the last try.</param>
internal sealed record SignInView(bool IsAgain, string Target, string? PasskeyOptions = null, string? Error = null)
{
    /// <summary>The title.</summary>
    public string Title => IsAgain ? "Confirm that it is you" : "Sign in";

    /// <summary>Under which name the target is sent.</summary>
    public string TargetField => IsAgain ? SignInFields.Again : SignInFields.Return;
}

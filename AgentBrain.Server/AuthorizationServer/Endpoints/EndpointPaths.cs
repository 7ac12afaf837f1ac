namespace AgentBrain.Server.AuthorizationServer.Endpoints;

/// <summary>The paths of the authorization server, all of them.</summary>
internal static class EndpointPaths
{
    // OAuth. Authorize is visited by browsers; the others are called by clients.
    public const string Authorize = "/oauth/authorize";
    public const string Token = "/oauth/token";
    public const string PushedAuthorization = "/oauth/par";
    public const string Registration = "/oauth/register";
    public const string Introspection = "/oauth/introspect";
    public const string Revocation = "/oauth/revoke";
    public const string Jwks = "/oauth/jwks";
    public const string Metadata = "/.well-known/oauth-authorization-server";
    public const string OpenIdMetadata = "/.well-known/openid-configuration";

    // Pages.
    public const string Setup = "/setup";
    public const string SignIn = "/sign-in";
    public const string SignInPasskey = "/sign-in/passkey";
    public const string SignOut = "/sign-out";
    public const string Consent = "/consent";
    public const string Console = "/console";
    public const string ConsoleRevokeGrant = "/console/grants/revoke";
    public const string ConsoleRemoveClient = "/console/clients/remove";
    public const string Account = "/account";
    public const string AccountPassword = "/account/password";
    public const string AccountPasskeys = "/account/passkeys";
    public const string AccountNewPasskey = "/account/passkeys/new";
    public const string AccountRenamePasskey = "/account/passkeys/rename";
    public const string AccountRemovePasskey = "/account/passkeys/remove";
    public const string AccountEndSession = "/account/sessions/end";
    public const string AccountSignOut = "/account/sign-out-everywhere";
    public const string Styles = "/assets/pages.css";
    public const string SetupScript = "/assets/setup.js";
    public const string PasskeyScript = "/assets/passkeys.js";
}

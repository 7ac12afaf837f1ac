namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>Names of what the owner's pages take, in queries and forms.</summary>
internal static class SignInFields
{
    /// <summary>Where to go after signing in.</summary>
    public const string Return = "return";

    /// <summary>Where to go after proving again who one is.</summary>
    public const string Again = "again";

    /// <summary>The owner's name; there is one account, and password stores want a name.</summary>
    public const string User = "username";

    /// <summary>The password.</summary>
    public const string Password = "password";

    /// <summary>A password that is to be set.</summary>
    public const string NewPassword = "new_password";

    /// <summary>The same once more.</summary>
    public const string Repeat = "repeat_password";

    /// <summary>The secret of a setup link.</summary>
    public const string Code = "code";

    /// <summary>What the authenticator answered, as JSON.</summary>
    public const string Credential = "credential";

    /// <summary>The name of a passkey.</summary>
    public const string Name = "name";

    /// <summary>The id of a passkey or a session.</summary>
    public const string Id = "id";

    /// <summary>Are all grants to be revoked as well?</summary>
    public const string RevokeGrants = "revoke_grants";
}

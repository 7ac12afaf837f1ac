namespace AgentBrain.OAuth.Clients;

/// <summary>How a client authenticates at the token endpoint (RFC 7591 §2, OpenID Connect Core §9).</summary>
public static class AuthenticationMethod
{
    /// <summary>Not at all: a public client.</summary>
    public const string None = "none";

    /// <summary>With a secret, in the header.</summary>
    public const string SecretBasic = "client_secret_basic";

    /// <summary>With a secret, in the form.</summary>
    public const string SecretPost = "client_secret_post";

    /// <summary>With a signed assertion.</summary>
    public const string PrivateKeyJwt = "private_key_jwt";

    /// <summary>Does it take a secret that both sides know?</summary>
    public static bool IsSecret(string method) => method is SecretBasic or SecretPost;

    /// <summary>Is it one that is known here?</summary>
    public static bool IsKnown(string method) => method is None or PrivateKeyJwt || IsSecret(method);
}

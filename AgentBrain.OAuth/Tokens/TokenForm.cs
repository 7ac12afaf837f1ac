namespace AgentBrain.OAuth.Tokens;

/// <summary>What a token is, by its looks.</summary>
public enum TokenForm
{
    /// <summary>Not a JWT: only its issuer knows what it says (RFC 7662).</summary>
    Opaque,

    /// <summary>A signed JWT (JWS compact serialization, RFC 7515 §7.1), well formed. Nothing of it is verified.</summary>
    Jws,

    /// <summary>An encrypted JWT (JWE compact serialization, RFC 7516 §7.1).</summary>
    Jwe,

    /// <summary>Neither: it means to be a JWT and is a broken one, or has characters that no token has.</summary>
    Malformed,
}

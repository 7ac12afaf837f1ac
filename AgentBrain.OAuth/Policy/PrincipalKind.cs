namespace AgentBrain.OAuth.Policy;

/// <summary>Whom a rule is about.</summary>
public enum PrincipalKind
{
    /// <summary>One subject.</summary>
    Subject,

    /// <summary>Every subject with a role or in a group.</summary>
    Role,

    /// <summary>
    /// A client that acts for itself (RFC 6749 §4.4): its id is the token's subject as well (RFC 9068 §2.2). The users of that client
    /// are not meant, or whoever can log in with it would have its rights.
    /// </summary>
    Client,

    /// <summary>Every subject of the issuer.</summary>
    Everyone,
}

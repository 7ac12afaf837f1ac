namespace AgentBrain.Server.AuthorizationServer.Endpoints;

/// <summary>Names of claims and parameters that the library has no constant for.</summary>
internal static class ProtocolNames
{
    /// <summary>The claim with the grant's id. Principals that stand for a code or refresh token have it; access tokens get it from them.</summary>
    public const string SessionId = "sid";

    /// <summary>The claim with the key that a token is bound to (RFC 7800 §3.1).</summary>
    public const string Confirmation = "cnf";

    /// <summary>
    /// The parameter with the thumbprint of the key that a code is to be bound to (RFC 9449 §10). Also when the key came as a proof
    /// with a pushed request: its thumbprint is then put among the pushed parameters under this name.
    /// </summary>
    public const string KeyThumbprint = "dpop_jkt";

    /// <summary>The parameter with the resource (RFC 8707 §2). After validation there is exactly one, one of our resource URIs.</summary>
    public const string Resource = "resource";
}

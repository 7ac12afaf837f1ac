namespace AgentBrain.Server.AuthorizationServer.State;

/// <summary>Names of <see cref="Storage.StateRecord"/>.</summary>
internal static class StateNames
{
    /// <summary>A whole number that a restore raises; grants and sessions of an earlier epoch are over.</summary>
    public const string Epoch = "epoch";

    /// <summary>The issuer for which everything was issued; another one makes it all worthless.</summary>
    public const string Issuer = "issuer";
}

using System.Net;
using System.Security.Claims;
using AgentBrain.Server.Brains;

namespace AgentBrain.Server.Authorization;

/// <summary>
/// The caller whom nobody authenticates: the user of this machine, over loopback or over standard input and output, and whoever
/// reaches a server that the operator opened to its network.
/// </summary>
internal static class LocalCaller
{
    /// <summary>Who vouches for the local user: nobody but this machine.</summary>
    public const string Issuer = "urn:agent-brain:local";

    /// <summary>The caller over HTTP in the mode none.</summary>
    /// <param name="resource">What the request is for.</param>
    /// <param name="address">Where the connection comes from; only loopback is the user of this machine, who may see its paths and has no rate.</param>
    public static Caller ForHttp(ProtectedResource resource, IPAddress? address) =>
        new("none", Issuer, "local", "local", resource.Brain, resource.Uri, ScopeSet.All, IsLocal: HostPolicy.IsLoopback(address));

    /// <summary>A principal for one message over standard input and output, where there is no HTTP request to make one.</summary>
    public static ClaimsPrincipal ForStdio() => new(new CallerIdentity(
        new Caller("stdio", Issuer, "local", "stdio", BrainDefinition.DefaultName, "urn:agent-brain:stdio", ScopeSet.All, IsLocal: true)));
}

using AgentBrain.OAuth.Dpop;
using AgentBrain.Server.Configuration.OAuth;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Requests;

/// <summary>The resources that tokens can be had for (RFC 8707), as clients write them.</summary>
internal sealed class BrainResources(ResourceMap resources, OAuthSettings settings, AuthorizationServerSettings server)
{
    /// <summary>The resource of a request that names none: older clients know of one server and not of resources.</summary>
    public ProtectedResource? Default { get; } = resources.All.FirstOrDefault(static resource => resource.Brain == ResourceMap.DefaultBrain);

    /// <summary>
    /// The resource that is meant; <c>null</c> when it is none of ours. Spellings that RFC 3986 §6.2.2 and §6.2.3 call the same are, and
    /// the server's root, with a slash or without, means the default brain.
    /// </summary>
    public ProtectedResource? Find(string text)
    {
        if (text.AsSpan().ContainsAny('?', '#') || TargetUri.Normalize(text) is not { } normal)
            return null;

        return resources.All.FirstOrDefault(resource => TargetUri.Normalize(resource.Uri) == normal)
            ?? (normal == TargetUri.Normalize(server.Issuer) ? Default : null);
    }

    /// <summary>The resource of a brain; <c>null</c> when there is none.</summary>
    public ProtectedResource? OfBrain(string brain) => resources.All.FirstOrDefault(resource => resource.Brain == brain);

    /// <summary>Whether the brain behind a resource URI of ours takes bound tokens.</summary>
    public DpopMode ModeOf(string uri) => resources.All.FirstOrDefault(resource => resource.Uri == uri) is { } resource
        ? settings.Access[resource.Brain].Dpop
        : throw new InvalidOperationException("A grant is for a resource that is not ours.");

    /// <summary>Is there still a brain behind a resource URI? One that was taken away leaves its grants behind.</summary>
    public bool Has(string uri) => resources.IsOurs(uri);
}

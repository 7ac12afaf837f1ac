using System.Diagnostics.CodeAnalysis;
using AgentBrain.OAuth.Clients;
using AgentBrain.Server.AuthorizationServer.Clients;
using AgentBrain.Server.AuthorizationServer.Storage;

namespace AgentBrain.Server.AuthorizationServer.Consent;

/// <summary>Is a client still what a page showed (SR-32)?</summary>
internal static class ShownClient
{
    /// <summary>True when nothing changed that consent depends on, and the answer would still go to a place of the client's.</summary>
    /// <param name="client">The client as it is now; <c>null</c> when it is gone.</param>
    /// <param name="request">What was shown.</param>
    /// <param name="target">Where the answer goes.</param>
    public static bool IsSame([NotNullWhen(true)] ClientRecord? client, InteractionRecord request, [NotNullWhen(true)] out RedirectTarget? target)
    {
        target = null;
        return client is not null
            && client.MetadataDigest == request.MetadataDigest
            && client.ReadRedirectUris().Any(registered => RedirectUri.Matches(registered, request.RedirectUri))
            && RedirectTarget.TryRead(request.RedirectUri, out target);
    }
}

using System.Collections.Immutable;

namespace AgentBrain.Server.AuthorizationServer.Endpoints;

/// <summary>What HTTP may do with an endpoint of the protocol.</summary>
/// <param name="Path">Its path. It has this one spelling, whatever routing and OpenIddict would take for the same.</param>
/// <param name="Verb">The one verb that it takes.</param>
internal sealed record ProtocolEndpoint(string Path, string Verb)
{
    /// <summary>May pages of any origin call it and read the answer, without cookies (SR-30)? Then it also answers their preflight.</summary>
    public bool IsShared { get; init; }

    /// <summary>Requests of one address at once, and one more each <see cref="Interval"/>; 0 for no limit beyond the one for everything.</summary>
    public int Burst { get; init; }

    /// <summary>How long until one more.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary>All of them. Pages and the management of registrations have rules of their own.</summary>
    public static readonly ImmutableArray<ProtocolEndpoint> All =
    [
        new(EndpointPaths.Authorize, HttpMethods.Get),

        // A team behind one address refreshes at once after a restart; somebody who guesses gets no further than with any other request.
        new(EndpointPaths.Token, HttpMethods.Post) { IsShared = true, Burst = 120, Interval = TimeSpan.FromMilliseconds(50) },
        new(EndpointPaths.Revocation, HttpMethods.Post) { IsShared = true, Burst = 120, Interval = TimeSpan.FromMilliseconds(50) },
        new(EndpointPaths.Introspection, HttpMethods.Post) { Burst = 200, Interval = TimeSpan.FromMilliseconds(10) },

        // Each leaves a row for a while (LimitPushedRequests, GrantSweeper), and needs no more than a client's name.
        new(EndpointPaths.PushedAuthorization, HttpMethods.Post) { Burst = 20, Interval = TimeSpan.FromMilliseconds(500) },
        new(EndpointPaths.Registration, HttpMethods.Post) { IsShared = true },
        new(EndpointPaths.Jwks, HttpMethods.Get) { IsShared = true },
        new(EndpointPaths.Metadata, HttpMethods.Get) { IsShared = true },
        new(EndpointPaths.OpenIdMetadata, HttpMethods.Get) { IsShared = true },
    ];
}

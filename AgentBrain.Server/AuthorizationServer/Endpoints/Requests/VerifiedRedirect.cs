namespace AgentBrain.Server.AuthorizationServer.Endpoints.Requests;

/// <summary>Where an authorization request may be answered: client and redirect URI belong together (a feature of the request).</summary>
/// <param name="Uri">The redirect URI, as the request has it.</param>
/// <param name="MayBeTold">May errors be told there without a page before?</param>
internal sealed record VerifiedRedirect(string Uri, bool MayBeTold);

namespace AgentBrain.Server.AuthorizationServer.Pages;

/// <summary>The way back to a client after a sign-in.</summary>
/// <param name="Location">The redirect URI with the answer.</param>
/// <param name="Shown">Its host.</param>
internal sealed record LeaveView(string Location, string Shown);

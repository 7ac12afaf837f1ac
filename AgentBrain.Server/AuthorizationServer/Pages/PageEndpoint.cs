namespace AgentBrain.Server.AuthorizationServer.Pages;

/// <summary>
/// Marks an endpoint that a browser visits. <see cref="PageGuard"/> gives it its headers, and lets no POST through that another
/// site could have caused. The form was read when the endpoint runs: <c>context.Request.Form</c>.
/// </summary>
internal sealed record PageEndpoint;

/// <summary>Marks a page that loads a script file of the server itself; without it, none runs.</summary>
internal sealed record PageScript;

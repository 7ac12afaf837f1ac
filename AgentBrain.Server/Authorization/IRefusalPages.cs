namespace AgentBrain.Server.Authorization;

/// <summary>Tells a person with a browser what a program is told in JSON, where this server has pages.</summary>
internal interface IRefusalPages
{
    /// <summary>Does a browser ask, for something that is no endpoint of programs?</summary>
    bool AreFor(HttpContext context);

    /// <summary>Writes the page.</summary>
    Task WriteAsync(HttpContext context, Refusal refusal);
}

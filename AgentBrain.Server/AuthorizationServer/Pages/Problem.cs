namespace AgentBrain.Server.AuthorizationServer.Pages;

/// <summary>Something that went wrong, for a person who looks at a browser.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">What, in a few words.</param>
/// <param name="Text">Why, and what to do now; no text of a stranger.</param>
/// <param name="Reason">The stable code, for whoever has to look it up.</param>
internal sealed record Problem(int Status, string Title, string Text, string Reason)
{
    /// <summary>More for the developer of a client, shown small and as quoted text; may be a stranger's.</summary>
    public string? Detail { get; init; }

    /// <summary>A local path where it goes on.</summary>
    public string? Next { get; init; }

    /// <summary>What the link to <see cref="Next"/> says.</summary>
    public string NextText { get; init; } = "Go on";
}

namespace AgentBrain.Server.AuthorizationServer.Consent;

/// <summary>Names and values of the consent form.</summary>
internal static class ConsentFields
{
    /// <summary>The id of the request, in the form and in the link back to the page.</summary>
    public const string Interaction = "interaction";

    /// <summary>A ticked box; once for each.</summary>
    public const string Scope = "scope";

    /// <summary>Which button.</summary>
    public const string Answer = "answer";

    /// <summary>The button that grants.</summary>
    public const string Allow = "allow";

    /// <summary>The button that does not.</summary>
    public const string Deny = "deny";
}

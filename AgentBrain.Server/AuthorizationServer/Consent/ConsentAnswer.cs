namespace AgentBrain.Server.AuthorizationServer.Consent;

/// <summary>What came of the owner's answer.</summary>
internal abstract record ConsentAnswer
{
    /// <summary>The browser goes to the client, with a code or with an error.</summary>
    /// <param name="Location">The redirect URI with the answer.</param>
    public sealed record Redirect(string Location) : ConsentAnswer;

    /// <summary>Denied, and the client is not told by a redirect: whoever made the link would have sent the browser where they like.</summary>
    /// <param name="Request">What was denied.</param>
    /// <param name="Target">Where the answer would have gone.</param>
    public sealed record Denied(Storage.InteractionRecord Request, RedirectTarget Target) : ConsentAnswer;

    /// <summary>The owner has to prove who they are; the request still waits.</summary>
    public sealed record NotFresh : ConsentAnswer;

    /// <summary>Nothing was done.</summary>
    /// <param name="Reason">A code of <see cref="Reasons"/>.</param>
    public sealed record Refused(string Reason) : ConsentAnswer;
}

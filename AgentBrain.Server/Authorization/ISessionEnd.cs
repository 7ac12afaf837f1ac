namespace AgentBrain.Server.Authorization;

/// <summary>Ends the SDK's half of a session, with all that it keeps of its client.</summary>
internal interface ISessionEnd
{
    /// <summary>Ends a session; nothing if it is over already. A failure is logged and not thrown.</summary>
    /// <param name="sessionId">Which.</param>
    /// <param name="owner">Who opened it.</param>
    /// <returns>Completes when the session has let go of everything.</returns>
    Task EndAsync(string sessionId, SessionOwner owner);
}

namespace AgentBrain.OAuth.Scopes;

/// <summary>What a JSON-RPC message is.</summary>
public enum MessageKind
{
    /// <summary>Has a method and an id.</summary>
    Request,

    /// <summary>Has a method and no id.</summary>
    Notification,

    /// <summary>A result or an error for a request of the server.</summary>
    Response,
}

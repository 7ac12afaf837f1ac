using ModelContextProtocol.Server;

namespace AgentBrain.Server.Mcp;

/// <summary>Finds out who makes a call.</summary>
internal interface ICallContexts
{
    /// <summary>The caller of a message and the brain it is for.</summary>
    CallContext Of(MessageContext message);
}

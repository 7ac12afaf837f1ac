using AgentBrain.Server.Brains;
using AgentBrain.Server.Mcp;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Tests.Mcp;

/// <summary>Everybody is one caller on one brain; or the brain cannot be opened.</summary>
internal sealed class FakeCallContexts(OpenBrain brain) : ICallContexts
{
    public bool IsLocal { get; set; } = true;

    public ICallAccess Access { get; set; } = new LastingAccess();

    public Exception? Fault { get; set; }

    public CallContext Of(MessageContext message) => Fault is { } fault and not BrainException ? throw fault : new CallContext
    {
        Entry = Fault is BrainException failure ? new BrainEntry(brain.Definition, null, failure) : BrainEntry.Of(brain),
        Mode = IsLocal ? "none" : "oauth",
        Subject = IsLocal ? "local" : "alice",
        Issuer = IsLocal ? null : "https://as.example",
        ClientId = IsLocal ? null : "client-1",
        Resource = IsLocal ? null : "https://brain.example/mcp",
        Scopes = ["agent-brain:read", "agent-brain:index"],
        IsLocal = IsLocal,
        Access = Access,
    };
}

using AgentBrain.Server.Authorization;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Mcp;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Hosting;

/// <summary>Takes the caller from the principal that authorization attached to the message, and the brain from what that caller was authorized for.</summary>
/// <param name="catalog">The brains of this server.</param>
internal sealed class CallerContexts(BrainCatalog catalog) : ICallContexts
{
    /// <inheritdoc />
    public CallContext Of(MessageContext message)
    {
        var caller = Caller.From(message.User);
        return new CallContext
        {
            Entry = catalog.Find(caller.Brain),
            Mode = caller.Mode,
            Issuer = caller.IsLocal ? null : caller.Issuer,
            Subject = caller.Subject,
            ClientId = caller.ClientId,
            Resource = caller.Resource,
            Scopes = [.. caller.Scopes.ToScopeText().Split(' ', StringSplitOptions.RemoveEmptyEntries)],
            IsLocal = caller.IsLocal,
        };
    }
}

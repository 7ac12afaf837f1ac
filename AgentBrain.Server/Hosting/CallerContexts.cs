using AgentBrain.Server.Authorization;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Mcp;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Hosting;

/// <summary>Takes the caller from the principal that authorization attached to the message, and the brain from what that caller was authorized for.</summary>
/// <param name="catalog">The brains of this server.</param>
/// <param name="check">Judges access again; none over stdio, where nobody is judged.</param>
internal sealed class CallerContexts(BrainCatalog catalog, AccessCheck? check = null) : ICallContexts
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
            Access = check is not null && CallerIdentity.Of(message.User)?.Response is { } response ? new ResponseAccess(response, check) : new LastingAccess(),
        };
    }

    /// <summary>The access of a call whose response is open. What a call opens beside it, as a session's subscription, asks for longer than the response is.</summary>
    private sealed class ResponseAccess(OpenResponse response, AccessCheck check) : ICallAccess
    {
        public DateTimeOffset? EndsAt => response.EndsAt;

        public CancellationToken Ended => response.Ended;

        public bool Holds() => check.EndReason(response.Access) is null;
    }
}

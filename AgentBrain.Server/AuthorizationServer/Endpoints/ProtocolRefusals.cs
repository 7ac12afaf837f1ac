using Microsoft.AspNetCore;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints;

/// <summary>How handlers of the protocol refuse.</summary>
internal static class ProtocolRefusals
{
    extension(BaseContext context)
    {
        /// <summary>The HTTP request that the protocol's event belongs to.</summary>
        public HttpContext Http => context.Transaction.GetHttpRequest()?.HttpContext ?? throw new InvalidOperationException("The event has no HTTP request.");
    }

    extension(BaseValidatingContext context)
    {
        /// <summary>Refuses the request.</summary>
        public void Refuse(ProtocolRefusal refusal)
        {
            context.Http.Features.Set(refusal);
            context.Reject(refusal.Error, refusal.Description);
        }

        /// <summary>Refuses the request.</summary>
        /// <param name="error">The error of the protocol, one of <c>OpenIddictConstants.Errors</c> or of <see cref="ProofErrors"/>.</param>
        /// <param name="reason">A code of <see cref="Reasons"/>.</param>
        /// <param name="description">One sentence for whoever wrote the client; nothing of the request in it.</param>
        public void Refuse(string error, string reason, string description) => context.Refuse(new ProtocolRefusal(reason, error, description));
    }
}

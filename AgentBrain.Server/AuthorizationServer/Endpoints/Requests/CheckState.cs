using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Requests;

/// <summary>A <c>state</c> is returned as it came, and kept until then, so it has a length that no honest client comes near.</summary>
internal sealed class CheckState<TContext> : IOpenIddictServerHandler<TContext>
    where TContext : BaseValidatingContext
{
    /// <summary>Most characters.</summary>
    public const int MaxLength = 2_048;

    /// <inheritdoc/>
    public ValueTask HandleAsync(TContext context)
    {
        if (context.Transaction.Request!.State?.Length > MaxLength)
        {
            // It would not fit into the answer either.
            context.Transaction.Request.State = null;
            context.Refuse(Errors.InvalidRequest, Reasons.RequestInvalid, "The state is too long; 2,048 characters are the most.");
        }

        return default;
    }
}

using AgentBrain.Server.AuthorizationServer.Endpoints.Requests;
using AgentBrain.Server.AuthorizationServer.Storage;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Tokens;

/// <summary>
/// Holds a token request against what its code or refresh token stands for: the same resource (SR-68), no scope beyond it (RFC 6749
/// §6), and a proof where one is needed. Nothing is redeemed yet.
/// </summary>
internal sealed class CheckGrant(IOpenIddictApplicationManager clients, BrainResources resources) : IOpenIddictServerHandler<ValidateTokenRequestContext>
{
    /// <inheritdoc/>
    public async ValueTask HandleAsync(ValidateTokenRequestContext context)
    {
        if ((context.AuthorizationCodePrincipal ?? context.RefreshTokenPrincipal) is not { } principal)
            return;

        var resource = principal.GetResources().Single();
        if (!resources.Has(resource))
        {
            context.Refuse(Errors.InvalidGrant, Reasons.ResourceUnknown, "The resource that was agreed to is no longer there.");
            return;
        }

        if ((string?)context.Request[ProtocolNames.Resource] is { Length: > 0 } named && named != resource)
        {
            context.Refuse(Errors.InvalidTarget, Reasons.ResourceDiffers, "The resource is another than the one that was agreed to.");
            return;
        }

        if (!ScopeSetText.Read(string.Join(' ', principal.GetScopes())).Covers(ScopeSetText.Read(context.Request.Scope)))
        {
            context.Refuse(Errors.InvalidScope, Reasons.ScopeExceeded, "A scope is asked for that was not agreed to; start the authorization anew to ask for more.");
            return;
        }

        var client = (ClientRecord)(await clients.FindByClientIdAsync(context.ClientId!, context.CancellationToken))!;
        if (BindingRules.Judge(resources.ModeOf(resource), client.RequiresDpop, TokenRequestProof.Of(context.Http).KeyThumbprint) is { } refusal)
            context.Refuse(refusal);
    }
}

using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Requests;

/// <summary>
/// Reads the scope (RFC 6749 §3.3): what is not in the vocabulary is left out, since clients add <c>offline_access</c> and
/// <c>openid</c> by habit, but something has to be left. Whoever comes later finds names of the vocabulary, in their one order. An
/// authorization request without a scope asks for what every client needs, to read; with a code there is nothing to ask for any more.
/// </summary>
internal sealed class ReadScope<TContext> : IOpenIddictServerHandler<TContext>
    where TContext : BaseValidatingContext
{
    /// <inheritdoc/>
    public ValueTask HandleAsync(TContext context)
    {
        var request = context.Transaction.Request!;
        var isToken = context.EndpointType == OpenIddictServerEndpointType.Token;
        if (string.IsNullOrEmpty(request.Scope))
        {
            request.Scope = isToken ? null : ScopeSet.Read.ToScopeText();
        }
        else if (isToken && request.IsAuthorizationCodeGrantType())
        {
            request.Scope = null;
        }
        else if (ScopeSetText.Read(request.Scope) is not ScopeSet.None and var scopes)
        {
            request.Scope = scopes.ToScopeText();
        }
        else
        {
            context.Refuse(Errors.InvalidScope, Reasons.ScopeUnknown, "None of the scopes is one of this server's; scopes_supported lists them.");
        }

        return default;
    }
}

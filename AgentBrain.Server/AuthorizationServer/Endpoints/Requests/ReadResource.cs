using System.Collections.Immutable;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Requests;

/// <summary>
/// Reads the resource (RFC 8707 §2): one, and one of ours. Whoever comes later finds it in its one spelling. Where none is named, it
/// is the default brain's; but a code or refresh token has its own already.
/// </summary>
internal sealed class ReadResource<TContext>(BrainResources resources) : IOpenIddictServerHandler<TContext>
    where TContext : BaseValidatingContext
{
    /// <inheritdoc/>
    public ValueTask HandleAsync(TContext context)
    {
        var request = context.Transaction.Request!;
        var named = ((ImmutableArray<string?>?)request[ProtocolNames.Resource] ?? []).RemoveAll(string.IsNullOrEmpty);
        if (named.Length > 1)
        {
            context.Refuse(Errors.InvalidTarget, Reasons.ResourceUnknown, "A token is for one resource; name one.");
            return default;
        }

        if (named.IsEmpty && (request.IsAuthorizationCodeGrantType() || request.IsRefreshTokenGrantType() || request.IsClientCredentialsGrantType()))
            return default;

        var resource = named.IsEmpty ? resources.Default : resources.Find(named[0]!);
        if (resource is null)
            context.Refuse(Errors.InvalidTarget, Reasons.ResourceUnknown, named.IsEmpty ? "There is no default resource here; name one." : "The resource is none of this server's; take it from the protected resource metadata.");
        else
            request[ProtocolNames.Resource] = resource.Uri;

        return default;
    }
}

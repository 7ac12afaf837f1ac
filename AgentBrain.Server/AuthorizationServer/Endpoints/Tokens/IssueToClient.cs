using System.Security.Claims;
using AgentBrain.Server.AuthorizationServer.Endpoints.Requests;
using AgentBrain.Server.AuthorizationServer.Storage;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Tokens;

/// <summary>
/// Gives a client a token of its own (RFC 6749 §4.4, SR-46): only one that the owner added on the machine, for the brains and scopes
/// that the owner set down. The subject is in a namespace that no person's id is in. All of its tokens are of one session, which ends
/// when the client is removed; there is no refresh token.
/// </summary>
internal sealed class IssueToClient(IOpenIddictApplicationManager clients, BrainResources resources) : IOpenIddictServerHandler<HandleTokenRequestContext>
{
    /// <inheritdoc/>
    public async ValueTask HandleAsync(HandleTokenRequestContext context)
    {
        if (!context.Request.IsClientCredentialsGrantType())
            return;

        var client = (ClientRecord)(await clients.FindByClientIdAsync(context.Request.ClientId!, context.CancellationToken))!;
        if (client.Kind != ClientKind.Registered || client.ClientType != ClientTypes.Confidential || client.OwnBrains.Length == 0 || client.OwnScopes == ScopeSet.None)
        {
            context.Refuse(Errors.UnauthorizedClient, Reasons.ClientNotAllowed, "The client may not get tokens for itself; its owner can allow it on the machine.");
            return;
        }

        if (Choose(client, (string?)context.Request[ProtocolNames.Resource]) is not { } resource)
        {
            context.Refuse(Errors.InvalidTarget, Reasons.ResourceUnknown, "The client may not get tokens for this resource, or has several and names none.");
            return;
        }

        var scopes = context.Request.Scope is null ? client.OwnScopes : ScopeSetText.Read(context.Request.Scope) & client.OwnScopes;
        if (scopes == ScopeSet.None)
        {
            context.Refuse(Errors.InvalidScope, Reasons.ScopeExceeded, "The client may have none of the scopes that it asks for.");
            return;
        }

        var http = context.Http;
        var proof = TokenRequestProof.Of(http);
        if (BindingRules.Judge(resources.ModeOf(resource.Uri), client.RequiresDpop, proof.KeyThumbprint) is { } refusal)
            context.Refuse(refusal);
        else if (await proof.ConsumeAsync(http.RequestAborted) is not null)
            context.Refuse(http.Features.Get<ProtocolRefusal>()!);
        else
            context.Principal = Principal(client, resource, scopes);
    }

    private ProtectedResource? Choose(ClientRecord client, string? named)
    {
        var own = client.OwnBrains.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(resources.OfBrain).OfType<ProtectedResource>().ToList();
        return named is not null
            ? own.FirstOrDefault(resource => resource.Uri == named)
            : own.FirstOrDefault(static resource => resource.Brain == ResourceMap.DefaultBrain) ?? (own is [var only] ? only : null);
    }

    private static ClaimsPrincipal Principal(ClientRecord client, ProtectedResource resource, ScopeSet scopes)
    {
        var principal = new ClaimsPrincipal(new ClaimsIdentity("client", Claims.Name, Claims.Role));
        principal.SetClaim(Claims.Subject, ClientSubject.Of(client.ClientId!)).SetClaim(ProtocolNames.SessionId, ClientSubject.SessionOf(client));
        return principal.SetScopes(scopes.ToScopeText().Split(' ')).SetResources(resource.Uri);
    }
}

/// <summary>The subject of a client's own tokens, and the session that all of them are of.</summary>
internal static class ClientSubject
{
    /// <summary>Its name. Ids of people have no colon in them.</summary>
    public static string Of(string clientId) => "client:" + clientId;

    /// <summary>The session that its tokens are of now.</summary>
    public static string SessionOf(ClientRecord client) => client.OwnSession == 0 ? Of(client.ClientId!) : $"{Of(client.ClientId!)}:{client.OwnSession}";
}

using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.AspNetCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;
using static OpenIddict.Server.OpenIddictServerHandlers;

namespace AgentBrain.Server.AuthorizationServer.Clients;

/// <summary>Notes that a client got a token, so that the owner sees which are not used any more.</summary>
internal sealed class NoteClientUse(ClientUse use, IOpenIddictApplicationManager clients) : IOpenIddictServerHandler<ProcessSignInContext>
{
    /// <summary>Where it stands: when nothing can fail any more but the writing, which ends the event.</summary>
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } = OpenIddictServerHandlerDescriptor.CreateBuilder<ProcessSignInContext>()
        .UseScopedHandler<NoteClientUse>()
        .SetOrder(Exchange.ApplyTokenResponse<ProcessSignInContext>.Descriptor.Order - 1_000)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    /// <inheritdoc/>
    public async ValueTask HandleAsync(ProcessSignInContext context)
    {
        // OpenIddict has found it before, and keeps it for the request.
        if (context.EndpointType == OpenIddictServerEndpointType.Token && context.ClientId is { Length: > 0 } id && await clients.FindByClientIdAsync(id, context.CancellationToken) is ClientRecord client)
            await use.NoteAsync(client, context.Request.IsClientCredentialsGrantType(), AddressPrefix.Of(context.Transaction.GetHttpRequest()?.HttpContext.Connection.RemoteIpAddress));
    }
}

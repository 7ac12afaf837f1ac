using AgentBrain.OAuth.Clients;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.Owner;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Clients;

/// <summary>
/// Looks at an authorization request's client before OpenIddict does, and fetches its document if its id is the URL of one. Nobody but
/// a signed-in owner makes the server fetch anything (SR-31): at the other endpoints what is stored is all there is.
/// </summary>
internal sealed class ResolveClient(ClientDirectory directory, OwnerSessions sessions) : IOpenIddictServerHandler<ValidateAuthorizationRequestContext>
{
    /// <summary>Where it stands: before the client is looked up for the first time.</summary>
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } = OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateAuthorizationRequestContext>()
        .UseSingletonHandler<ResolveClient>()
        .SetOrder(int.MinValue)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    /// <inheritdoc/>
    public async ValueTask HandleAsync(ValidateAuthorizationRequestContext context)
    {
        if (!ClientIdUrl.IsMeant(context.Request.ClientId))
            return;

        if (await sessions.FindAsync(context.Http) is null)
        {
            context.Refuse(Errors.LoginRequired, Reasons.LoginRequired, "Nothing is fetched for a browser that is not signed in.");
            return;
        }

        if (await directory.ResolveAsync(context.Request.ClientId!, context.CancellationToken) is { Client: null } resolution)
            context.Refuse(Errors.InvalidRequest, resolution.Reason!, resolution.Description!);
    }
}

using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.Grants;
using AgentBrain.Server.AuthorizationServer.Owner;
using AgentBrain.Server.AuthorizationServer.Pages;

namespace AgentBrain.Server.AuthorizationServer.OwnerConsole;

/// <summary>The owner's console. What it changes asks for a proof that is at most five minutes old.</summary>
internal sealed class ConsoleEndpoints(OwnerSessions sessions, ConsoleReader reader, GrantStore grants, ClientRemoval removal, TimeProvider time)
{
    /// <summary>The id in a form.</summary>
    public const string Id = "id";

    /// <summary>Maps it.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPage("/", static _ => Task.FromResult<IResult>(SeeOther.To(EndpointPaths.Console)));
        endpoints.MapPage(EndpointPaths.Console, context => ActAsync(context, isChange: false, () => ShowAsync(null)));
        endpoints.MapForm(EndpointPaths.ConsoleRevokeGrant, context => ActAsync(context, isChange: true, () => RevokeAsync(context)));
        endpoints.MapForm(EndpointPaths.ConsoleRemoveClient, context => ActAsync(context, isChange: true, () => RemoveAsync(context)));
    }

    private async Task<IResult> ActAsync(HttpContext context, bool isChange, Func<Task<IResult>> act)
    {
        if (await sessions.FindAsync(context) is not { } owner)
            return SeeOther.To(ReturnPath.SignIn(EndpointPaths.Console));

        return isChange && !owner.IsFresh(time) ? SeeOther.To(ReturnPath.SignInAgain(EndpointPaths.Console)) : await act();
    }

    private async Task<IResult> RevokeAsync(HttpContext context)
    {
        var done = context.Request.Form[Id] is [{ Length: > 0 } id] && await grants.RevokeAsync(id, ActivityKinds.GrantRevoked, Prefix(context));
        return await ShowAsync(done
            ? new ConsoleNotice(true, "Access was revoked. Its tokens are refused from now on, and its streams have ended.")
            : new ConsoleNotice(false, "That access had ended already."));
    }

    private async Task<IResult> RemoveAsync(HttpContext context)
    {
        var done = context.Request.Form[Id] is [{ Length: > 0 } id] && await removal.RemoveAsync(id, Prefix(context));
        return await ShowAsync(done
            ? new ConsoleNotice(true, "The client was removed, and what it was given with it.")
            : new ConsoleNotice(false, "That client was removed already."));
    }

    private async Task<IResult> ShowAsync(ConsoleNotice? notice) => Page.Render<ConsolePage, ConsoleView>(await reader.ReadAsync(notice));

    private static string Prefix(HttpContext context) => AddressPrefix.Of(context.Connection.RemoteIpAddress);
}

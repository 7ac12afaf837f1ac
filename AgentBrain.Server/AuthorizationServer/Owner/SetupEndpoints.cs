using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.Pages;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>The setup page: who has the link's secret sets the password.</summary>
internal sealed class SetupEndpoints(
    SetupLinks links, OwnerSetup setup, OwnerPresence presence, OwnerSessions sessions, KnownBrowsers known, PasswordHashing hashing, Refuser refuser)
{
    private const string DeadLink = "This code is not the one of the newest setup link, or that link is used or too old, or five wrong codes came from your address. Restart the server, or run AgentBrain.Server owner setup-link on its machine, for a new one.";

    /// <summary>Maps it.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPage(EndpointPaths.Setup, ShowAsync).WithMetadata(new PageScript());
        endpoints.MapForm(EndpointPaths.Setup, SetAsync).WithMetadata(new PageScript());
    }

    private async Task<IResult> ShowAsync(HttpContext context) =>
        presence.HasOwner && !await links.IsOpenAsync() ? Closed(context) : Page(new SetupView(presence.HasOwner));

    private async Task<IResult> SetAsync(HttpContext context)
    {
        if (presence.HasOwner && !await links.IsOpenAsync())
            return Closed(context);

        var form = context.Request.Form;
        var code = CodeOf(form[SignInFields.Code].ToString());
        var view = new SetupView(presence.HasOwner, code);
        if (code.Length == 0)
            return Page(view with { Error = "Paste the code of the setup link." });

        // The secret is judged first: whoever does not have it learns nothing else, and costs no hash.
        if (!await links.JudgeAsync(code, AddressPrefix.Of(context.Connection.RemoteIpAddress)))
            return Dead(context, view);

        var password = form[SignInFields.NewPassword].ToString();
        if (PasswordRules.Judge(password) is { } complaint)
            return Page(view with { Error = complaint });

        if (password != form[SignInFields.Repeat].ToString())
            return Page(view with { Error = "The two passwords differ; write the same one twice." });

        if (await hashing.HashAsync(password, context.RequestAborted) is not { } hash)
            return Page(view with { Error = "The server is busy; try again in a moment." }, StatusCodes.Status429TooManyRequests);

        if (await setup.CompleteAsync(context, code, hash) is not { } session)
            return Dead(context, view);

        sessions.Show(context, session);
        known.Remember(context);
        return SeeOther.To(ReturnPath.Default);
    }

    private IResult Dead(HttpContext context, SetupView view)
    {
        refuser.Note(context, Reasons.SetupLinkRefused, StatusCodes.Status403Forbidden);
        return Page(view with { Code = null, Error = DeadLink }, StatusCodes.Status403Forbidden);
    }

    private IResult Closed(HttpContext context)
    {
        refuser.Note(context, Reasons.SetupClosed, StatusCodes.Status410Gone);
        return Pages.Page.Fail(new Problem(StatusCodes.Status410Gone, "Setup is over", "This server has an owner. If the password is lost, run AgentBrain.Server owner reset on its machine.", Reasons.SetupClosed)
        {
            Next = EndpointPaths.SignIn,
            NextText = "Sign in",
        });
    }

    /// <summary>The code, out of a whole link too.</summary>
    private static string CodeOf(string text) => text[(text.LastIndexOf('#') + 1)..].Trim();

    private static IResult Page(SetupView view, int? status = null) =>
        Pages.Page.Render<SetupPage, SetupView>(view, status ?? (view.Error is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest));
}

using System.Globalization;
using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.Pages;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>Signing in, proving again who one is, and signing out.</summary>
internal sealed class SignInEndpoints(
    OwnerSessions sessions, PasswordSignIn passwords, PasskeySignIn passkeys, SignInCompletion completion, Refuser refuser)
{
    private const string WrongPassword = "That is not the password.";
    private const string WrongPasskey = "That passkey was not accepted. Try again, or use the password.";

    /// <summary>Maps it.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPage(EndpointPaths.SignIn, ShowAsync).WithMetadata(new PageScript());
        endpoints.MapForm(EndpointPaths.SignIn, SignInAsync).WithMetadata(new PageScript());
        endpoints.MapForm(EndpointPaths.SignInPasskey, SignInByPasskeyAsync).WithMetadata(new PageScript());
        endpoints.MapForm(EndpointPaths.SignOut, SignOutAsync);
    }

    private async Task<IResult> ShowAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var isAgain = query.ContainsKey(SignInFields.Again);
        var target = ReturnPath.Of(isAgain ? query[SignInFields.Again] : query[SignInFields.Return]);
        var owner = await sessions.FindAsync(context);
        return owner is not null && !isAgain ? SeeOther.To(target) : await PageAsync(context, isAgain && owner is not null, target);
    }

    private async Task<IResult> SignInAsync(HttpContext context)
    {
        var form = context.Request.Form;
        var outcome = await passwords.TryAsync(context, form[SignInFields.User], form[SignInFields.Password]);
        return await FinishAsync(context, outcome, PasswordSignIn.Method, WrongPassword);
    }

    private async Task<IResult> SignInByPasskeyAsync(HttpContext context)
    {
        var outcome = await passkeys.TryAsync(context, context.Request.Form[SignInFields.Credential]);
        return await FinishAsync(context, outcome, PasskeySignIn.Method, WrongPasskey);
    }

    private async Task<IResult> FinishAsync(HttpContext context, SignInOutcome outcome, string method, string wrong)
    {
        var form = context.Request.Form;
        var isAgain = form.ContainsKey(SignInFields.Again);
        var target = ReturnPath.Of(isAgain ? form[SignInFields.Again] : form[SignInFields.Return]);
        if (outcome.OwnerId is not null && await completion.CompleteAsync(context, outcome, method, isAgain, target) is { } done)
            return done;

        if (outcome.Reason is not { } reason)
        {
            refuser.Note(context, Reasons.SignInFailed, StatusCodes.Status403Forbidden);
            return await PageAsync(context, isAgain, target, wrong, StatusCodes.Status403Forbidden);
        }

        refuser.Note(context, reason, StatusCodes.Status429TooManyRequests);
        return await PageAsync(context, isAgain, target, TooMany(context, outcome.RetryAfter), StatusCodes.Status429TooManyRequests);
    }

    private async Task<IResult> SignOutAsync(HttpContext context)
    {
        if (await sessions.FindAsync(context) is { } owner)
            await sessions.EndAsync(owner.Session.Id, AddressPrefix.Of(context.Connection.RemoteIpAddress));

        sessions.Hide(context);
        return SeeOther.To(EndpointPaths.SignIn);
    }

    /// <summary>Sets Retry-After and says it in words.</summary>
    internal static string TooMany(HttpContext context, TimeSpan retryAfter)
    {
        var seconds = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return $"There were too many tries. Wait {seconds} seconds, then try again.";
    }

    private async Task<IResult> PageAsync(HttpContext context, bool isAgain, string target, string? error = null, int status = StatusCodes.Status200OK) =>
        Page.Render<SignInPage, SignInView>(new SignInView(isAgain, target, await passkeys.OfferAsync(context), error), status);
}

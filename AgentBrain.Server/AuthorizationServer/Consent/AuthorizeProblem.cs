using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Pages;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace AgentBrain.Server.AuthorizationServer.Consent;

/// <summary>Says to a person what the program that sent them here did wrong.</summary>
internal static class AuthorizeProblem
{
    private const int MaxDetail = 300;

    private static readonly (string Title, string Text) Unknown =
        ("This program is not known here", "The program that sent you here has not registered, or its registration has ended. Remove the connection in the program and add it again; it then registers anew.");

    private static readonly (string Title, string Text) Expired =
        ("This request has expired", "The program pushed its request too long ago, or it was used before. Start again from the program.");

    /// <summary>The browser has no session, though it should have been asked for one.</summary>
    public static Problem NotSignedIn { get; } =
        new(StatusCodes.Status403Forbidden, "You are not signed in", "Start again from the program that sent you here.", Reasons.AuthorizeSession);

    /// <summary>An error of OAuth, as a page; there is nowhere to send it that could be trusted.</summary>
    /// <param name="error">The error code.</param>
    /// <param name="description">What is said about it to the client's developer.</param>
    /// <param name="reason">A code of <see cref="Reasons"/> that says it more exactly.</param>
    public static Problem Of(string error, string? description, string reason = Reasons.AuthorizeRequest)
    {
        var (title, text) = ReasonWords(reason) ?? Words(error);
        return new Problem(Status(error), title, text, reason)
        {
            Detail = LogText.Safe(string.IsNullOrEmpty(description) ? error : $"{error}: {description}", MaxDetail),
        };
    }

    private static int Status(string error) => error switch
    {
        Errors.ServerError => StatusCodes.Status500InternalServerError,
        Errors.TemporarilyUnavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status400BadRequest,
    };

    private static (string Title, string Text)? ReasonWords(string reason) => reason switch
    {
        Reasons.ClientUnknown => Unknown,
        Reasons.RedirectNotRegistered => ("This program wants its answer elsewhere", "The program that sent you here wants the answer at an address that it has not registered, so nothing was sent anywhere. Remove the connection in the program and add it again; if it happens again, its maker needs the line below."),
        Reasons.PushedRequestInvalid => Expired,
        _ => null,
    };

    private static (string Title, string Text) Words(string error) => error switch
    {
        Errors.InvalidClient => Unknown,
        Errors.UnauthorizedClient => ("This program may not ask for that", "The program that sent you here is registered for other things than it asked for. Nothing was given away."),
        Errors.InvalidScope => ("This program asks for rights that do not exist", "The program that sent you here asked for a scope that this server does not have. Nothing was given away."),
        Errors.InvalidTarget => ("There is no such brain", "The program that sent you here named a resource that this server does not have. Check the address that you gave to the program."),
        Errors.UnsupportedResponseType => ("This program asks in a way that is not served", "Only the authorization code flow with PKCE is served here."),
        Errors.ConsentRequired => ("Your consent is needed", "The program that sent you here asked not to show you any page. It has to ask again, so that you can see what it wants."),
        Errors.AccessDenied => ("Access was denied", "Nothing was given away."),
        Errors.ServerError => ("Something went wrong here", "The server could not answer. The log says why."),
        Errors.TemporarilyUnavailable => ("Not now", "The server cannot answer at the moment. Try again shortly."),
        Errors.InvalidToken => Expired,
        _ => ("This program's request is not right", "The program that sent you here made a mistake in its request, so nothing was done and nothing was sent to it. Start again from the program; if it happens again, its maker needs the line below."),
    };
}

using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.Owner;
using AgentBrain.Server.AuthorizationServer.Pages;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.AspNetCore;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace AgentBrain.Server.AuthorizationServer.Consent;

/// <summary>
/// <c>GET /oauth/authorize</c>, once the owner has signed in and OpenIddict found the request valid: shows the consent page, or, where
/// the client is proven and was agreed to before, answers at once. Keeps the request; changes nothing else.
/// </summary>
internal sealed class AuthorizeEndpoint(OwnerSessions sessions, AuthorizeReader reader, AuthorityStore store, Interactions interactions, ConsentDecision decision, AuthorizationResponse responses, AuthorizationServerSettings settings, Refuser refuser, TimeProvider time)
{
    /// <summary>For how long after a sign-in the browser's way here may have begun with its form.</summary>
    private static readonly TimeSpan AfterForm = TimeSpan.FromMinutes(1);

    /// <summary>Answers a request.</summary>
    public async Task<IResult> AnswerAsync(HttpContext context)
    {
        if (context.GetOpenIddictServerResponse() is { Error: { Length: > 0 } error } failed)
            return Refused(context, error, failed.ErrorDescription);

        if (await sessions.FindAsync(context) is not { } owner)
            return Fail(context, AuthorizeProblem.NotSignedIn);

        var (asked, fault) = await reader.ReadAsync(context);
        if (asked is null)
            return Fail(context, AuthorizeProblem.Of(fault!.Error, $"The parameter \"{fault.Parameter}\" is missing or not allowed."));

        var request = context.GetOpenIddictServerRequest()!;
        var face = ClientFace.Of(asked.Client, asked.Target, settings);
        var remembered = await store.ReadAsync(database => ConsentMemory.RecallAsync(database, owner.OwnerId, asked), context.RequestAborted);
        if (!request.HasPromptValue(PromptValues.Consent) && ConsentMemory.SparesPage(face, asked.Scopes, remembered)
            && await decision.GrantRememberedAsync(asked, Answerer(context, owner), context.RequestAborted) is ConsentAnswer.Redirect granted)
            return Leave(granted.Location, asked.Target, owner);

        if (request.HasPromptValue(PromptValues.None))
            return ConsentRequired(context, asked, face, owner);

        var id = await interactions.OpenAsync(asked, owner, context.RequestAborted);
        PagePolicy.Apply(context, asked.Target.FormSource);
        var ticked = ConsentMemory.Ticked(face, asked.Target, asked.Scopes, remembered);
        return Page.Render<ConsentPage, ConsentView>(ConsentView.Of(id, face, asked.Target, asked.Resource.Brain, asked.Scopes, ticked));
    }

    /// <summary>The owner and the browser of a request.</summary>
    public static Answerer Answerer(HttpContext context, SignedInOwner owner) => new(owner, AddressPrefix.Of(context.Connection.RemoteIpAddress));

    private IResult ConsentRequired(HttpContext context, AskedFor asked, ClientFace face, SignedInOwner owner)
    {
        const string Text = "The request asks for no page (prompt=none), and this client needs one.";
        return face.IsKnown
            ? Leave(responses.Error(asked.Target.Uri, Errors.ConsentRequired, Text, asked.State), asked.Target, owner)
            : Fail(context, AuthorizeProblem.Of(Errors.ConsentRequired, Text));
    }

    /// <summary>A redirect; shortly after a sign-in a page that goes on by itself, since a redirect could still count to the sign-in's form.</summary>
    private IResult Leave(string location, RedirectTarget target, SignedInOwner owner) =>
        target.Kind == RedirectKind.Https && time.GetUtcNow() - owner.Session.AuthenticatedAt < AfterForm
            ? Page.Render<LeavePage, LeaveView>(new LeaveView(location, target.Shown))
            : SeeOther.To(location);

    /// <summary>What the protocol refused was counted and logged there, and may have a code of its own.</summary>
    private IResult Refused(HttpContext context, string error, string? description) => context.Features.Get<ProtocolRefusal>() is { } refusal
        ? Page.Fail(AuthorizeProblem.Of(error, description, refusal.Reason))
        : Fail(context, AuthorizeProblem.Of(error, description));

    private IResult Fail(HttpContext context, Problem problem)
    {
        refuser.Note(context, problem.Reason, problem.Status, problem.Detail);
        return Page.Fail(problem);
    }
}

using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.Owner;
using AgentBrain.Server.AuthorizationServer.Pages;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;

namespace AgentBrain.Server.AuthorizationServer.Consent;

/// <summary>
/// <c>POST /consent</c> is the owner's answer; <c>GET /consent?interaction=…</c> shows the page again, after the owner had to prove
/// who they are. Both name the request and nothing else.
/// </summary>
internal sealed class ConsentEndpoint(OwnerSessions sessions, AuthorityStore store, Interactions interactions, ConsentDecision decision, AuthorizationResponse responses, ResourceMap resources, AuthorizationServerSettings settings, Refuser refuser)
{
    /// <summary>Answers a request.</summary>
    public async Task<IResult> AnswerAsync(HttpContext context)
    {
        if (await sessions.FindAsync(context) is not { } owner)
            return Fail(context, Reasons.AuthorizeSession);

        return HttpMethods.IsPost(context.Request.Method) ? await DecideAsync(context, owner) : await ShowAsync(context, owner);
    }

    private async Task<IResult> DecideAsync(HttpContext context, SignedInOwner owner)
    {
        var form = context.Request.Form;
        var id = form[ConsentFields.Interaction] is [{ } only] ? only : null;

        // Whatever is not clearly a yes is a no.
        var ticked = form[ConsentFields.Answer] is [ConsentFields.Allow] ? ScopeWords.Read(form[ConsentFields.Scope]) : ScopeSet.None;
        return await decision.AnswerAsync(id, ticked, AuthorizeEndpoint.Answerer(context, owner), context.RequestAborted) switch
        {
            ConsentAnswer.Redirect redirect => SeeOther.To(redirect.Location),
            ConsentAnswer.Denied denied => Page.Render<DeniedPage, DeniedView>(new DeniedView(denied.Target, DeniedLink(denied))),
            ConsentAnswer.NotFresh => SeeOther.To(ReturnPath.SignInAgain(PathOf(id!, ticked))),
            ConsentAnswer.Refused refused => Fail(context, refused.Reason),
            _ => throw new InvalidOperationException("An answer that there is not."),
        };
    }

    private async Task<IResult> ShowAsync(HttpContext context, SignedInOwner owner)
    {
        var id = context.Request.Query[ConsentFields.Interaction] is [{ } only] ? only : null;
        var (request, client, reason) = await store.ReadAsync(async database =>
        {
            var (found, why) = await interactions.FindAsync(database, id, owner);
            return (found, found is null ? null : await database.Clients.SingleOrDefaultAsync(row => row.ClientId == found.ClientId), why);
        }, context.RequestAborted);
        if (request is null)
            return Fail(context, reason!);

        if (!ShownClient.IsSame(client, request, out var target)
            || resources.All.FirstOrDefault(resource => resource.Uri == request.Resource) is not { } resource)
            return Fail(context, Reasons.InteractionChanged);

        PagePolicy.Apply(context, target.FormSource);
        var ticked = ScopeWords.Read(context.Request.Query[ConsentFields.Scope]);
        return Page.Render<ConsentPage, ConsentView>(ConsentView.Of(id!, ClientFace.Of(client, target, settings), target, resource.Brain, request.RequestedScopes, ticked));
    }

    /// <summary>The page again, with the boxes as they were.</summary>
    private static string PathOf(string id, ScopeSet ticked) => QueryHelpers.AddQueryString(
        EndpointPaths.Consent,
        [
            KeyValuePair.Create<string, string?>(ConsentFields.Interaction, id),
            .. ScopeWords.All.Where(words => ticked.Covers(words.Scope)).Select(static words => KeyValuePair.Create<string, string?>(ConsentFields.Scope, words.Value)),
        ]);

    /// <summary>A link for the owner to click; only to a program of this computer, which waits and which no other site is behind.</summary>
    private string? DeniedLink(ConsentAnswer.Denied denied) => denied.Target.Kind == RedirectKind.Loopback
        ? responses.Error(denied.Request.RedirectUri, OpenIddictConstants.Errors.AccessDenied, "The owner said no.", denied.Request.State)
        : null;

    private IResult Fail(HttpContext context, string reason)
    {
        var (title, text) = reason switch
        {
            Reasons.InteractionAnswered => ("This was answered already", "Every request can be answered once. If the program is still waiting, start again from there."),
            Reasons.InteractionExpired => ("This took too long", "A request waits for ten minutes. Start again from the program."),
            Reasons.InteractionChanged => ("The program has changed", "What the program says about itself has changed since the page was shown, so your answer was not used. Start again from the program, and look closely."),
            Reasons.AuthorizeSession => ("You are not signed in", "Your session has ended, so your answer was not used. Start again from the program."),
            _ => ("There is no such request", "It was made in another browser or session, or made room for newer ones. Start again from the program."),
        };
        refuser.Note(context, reason, StatusCodes.Status403Forbidden);
        return Page.Fail(new Problem(StatusCodes.Status403Forbidden, title, text, reason));
    }
}

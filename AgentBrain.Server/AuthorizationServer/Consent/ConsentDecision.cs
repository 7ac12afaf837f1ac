using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Grants;
using AgentBrain.Server.AuthorizationServer.Owner;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;

namespace AgentBrain.Server.AuthorizationServer.Consent;

/// <summary>
/// Carries out what the owner decided, in one transaction: either the request is answered, remembered and granted, or nothing is.
/// Everything that the page showed is compared with what is so now.
/// </summary>
/// <param name="store">The database.</param>
/// <param name="sessions">The browsers that are signed in.</param>
/// <param name="interactions">The requests that wait.</param>
/// <param name="grants">Makes grants.</param>
/// <param name="memory">Remembers.</param>
/// <param name="responses">Writes answers.</param>
/// <param name="activities">Writes down what happened.</param>
/// <param name="settings">The hosts that are known.</param>
/// <param name="time">The clock.</param>
internal sealed class ConsentDecision(AuthorityStore store, OwnerSessions sessions, Interactions interactions, GrantStore grants, ConsentMemory memory, AuthorizationResponse responses, ActivityLog activities, AuthorizationServerSettings settings, TimeProvider time)
{
    private const string Denied = "The owner said no.";

    /// <summary>Answers a request that waits.</summary>
    /// <param name="id">What the form says.</param>
    /// <param name="ticked">The boxes that were ticked; none is a no.</param>
    /// <param name="who">The owner and the browser.</param>
    /// <param name="cancellationToken">Ends waiting, not what was begun.</param>
    public Task<ConsentAnswer> AnswerAsync(string? id, ScopeSet ticked, Answerer who, CancellationToken cancellationToken) => store.WriteAsync(async database =>
    {
        // Whoever was signed out while this request waited for its turn agrees to nothing.
        if (!await sessions.IsOpenAsync(database, who.Owner))
            return new ConsentAnswer.Refused(Reasons.AuthorizeSession);

        var (request, reason) = await interactions.FindAsync(database, id, who.Owner);
        if (request is null)
            return new ConsentAnswer.Refused(reason!);

        var client = await database.Clients.SingleOrDefaultAsync(row => row.ClientId == request.ClientId);
        if (!ShownClient.IsSame(client, request, out var target))
            return new ConsentAnswer.Refused(Reasons.InteractionChanged);

        // What was not asked for is not granted, whatever the form says.
        var granted = ticked & request.RequestedScopes;
        if (granted == ScopeSet.None)
            return Deny(database, request, client, target, who);

        if (granted.Covers(ScopeSet.Admin) && !who.Owner.IsFresh(time))
            return new ConsentAnswer.NotFresh();

        if (!await RedeemPushedRequestAsync(database, request))
            return new ConsentAnswer.Refused(Reasons.InteractionAnswered);

        await memory.RememberAsync(database, who.Owner.OwnerId, request, target, granted);
        return Approve(database, request, client, granted, who);
    }, cancellationToken);

    /// <summary>Grants what was agreed to before, without a page.</summary>
    /// <returns><c>null</c> when the session has ended, the request may not be granted a second time, or it is not what was remembered any more.</returns>
    public Task<ConsentAnswer?> GrantRememberedAsync(AskedFor asked, Answerer who, CancellationToken cancellationToken) => store.WriteAsync<ConsentAnswer?>(async database =>
    {
        if (!await sessions.IsOpenAsync(database, who.Owner))
            return null;

        var client = await database.Clients.SingleOrDefaultAsync(row => row.ClientId == asked.Client.ClientId);
        var request = asked.ToRecord("", who.Owner.Session.Id, time.GetUtcNow());
        if (!ShownClient.IsSame(client, request, out _))
            return null;

        var remembered = await ConsentMemory.RecallAsync(database, who.Owner.OwnerId, asked);
        if (!ConsentMemory.SparesPage(ClientFace.Of(client, asked.Target, settings), asked.Scopes, remembered) || !await RedeemPushedRequestAsync(database, request))
            return null;

        return Approve(database, request, client, asked.Scopes, who);
    }, cancellationToken);

    private ConsentAnswer.Redirect Approve(AuthorityContext database, InteractionRecord request, ClientRecord client, ScopeSet granted, Answerer who)
    {
        var now = time.GetUtcNow();
        request.AnsweredAt = now;
        client.ConsentedAt ??= now;
        client.LastUsedAt = now;
        var code = grants.Issue(database, new NewGrant
        {
            Subject = who.Owner.OwnerId,
            ClientId = request.ClientId,
            MetadataDigest = request.MetadataDigest,
            Resource = request.Resource,
            Scopes = granted,
            IsRefreshable = request.IsRefreshable,
            AuthenticatedAt = who.Owner.Session.AuthenticatedAt,
            RedirectUri = request.RedirectUri,
            CodeChallenge = request.CodeChallenge,
            KeyThumbprint = request.KeyThumbprint,
            AddressPrefix = who.AddressPrefix,
        });
        Note(database, ActivityKinds.ConsentGranted, request, granted, who);
        return new ConsentAnswer.Redirect(responses.Code(request.RedirectUri, code, request.State));
    }

    private ConsentAnswer Deny(AuthorityContext database, InteractionRecord request, ClientRecord client, RedirectTarget target, Answerer who)
    {
        request.AnsweredAt = time.GetUtcNow();
        Note(database, ActivityKinds.ConsentDenied, request, request.RequestedScopes, who);

        // OAuth 2.1 §7.12.2: a client that nobody vouches for could use us to send browsers to where it likes.
        return ClientFace.Of(client, target, settings).IsKnown
            ? new ConsentAnswer.Redirect(responses.Error(request.RedirectUri, OpenIddictConstants.Errors.AccessDenied, Denied, request.State))
            : new ConsentAnswer.Denied(request, target);
    }

    private void Note(AuthorityContext database, string kind, InteractionRecord request, ScopeSet scopes, Answerer who) => activities.Add(database, kind, new ActivitySubject(
        ClientId: request.ClientId,
        Subject: who.Owner.OwnerId,
        AddressPrefix: who.AddressPrefix,
        Detail: $"{scopes.ToScopeText()} on {request.Resource}"));

    /// <summary>A pushed request is granted once (RFC 9126 §4), in however many windows it was opened. Its row may be gone when the page was open for longer than it lives.</summary>
    private async Task<bool> RedeemPushedRequestAsync(AuthorityContext database, InteractionRecord request)
    {
        if (request.PushedRequestId is not { } id)
            return true;

        var now = time.GetUtcNow();
        if (await database.PushedRequests.SingleOrDefaultAsync(row => row.Id == id) is { } pushed)
        {
            if (pushed.Status != OpenIddictConstants.Statuses.Valid)
                return false;

            pushed.Status = OpenIddictConstants.Statuses.Redeemed;
            pushed.RedemptionDate = now.UtcDateTime;
            pushed.ConcurrencyToken = Guid.NewGuid().ToString();
        }

        await database.Interactions.Where(row => row.PushedRequestId == id && row.AnsweredAt == null).ExecuteUpdateAsync(update => update.SetProperty(row => row.AnsweredAt, now));
        return true;
    }
}

/// <summary>Who answers.</summary>
/// <param name="Owner">The owner, in their browser.</param>
/// <param name="AddressPrefix">The prefix of its address.</param>
internal sealed record Answerer(SignedInOwner Owner, string AddressPrefix);

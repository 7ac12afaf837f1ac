using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.State;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Grants;

/// <summary>
/// Rotates refresh tokens. The first redemption is one update that must hit one row, in the transaction that makes the successor; for a
/// moment after it the same token gives the same successor again, since clients lose answers and run side by side. Any later use
/// means that somebody has a copy, and ends the grant.
/// </summary>
/// <remarks>
/// Presentations that come together count as one: what comes from the same address prefix within <see cref="Together"/> of the redemption,
/// or of a repeat that counted, gets the successor without a write. So fifty processes that share a token may wake at once, and still nobody
/// gets the successor on more than a handful of occasions within the leeway. This needs no state in memory: a crash between changes nothing.
/// </remarks>
internal sealed class RefreshRotation(
    AuthorityStore store,
    GrantStore grants,
    GrantMirror mirror,
    RefreshTokens tokens,
    StateFacts state,
    ActivityLog activities,
    AuthorizationServerSettings settings,
    TimeProvider time)
{
    /// <summary>What comes within this time of a presentation that counted, and from the same place, came together with it.</summary>
    public static readonly TimeSpan Together = TimeSpan.FromSeconds(1);

    /// <summary>The token; <c>null</c> when there is none, or its grant is over.</summary>
    public async Task<FoundRefreshToken?> FindAsync(RefreshSecret secret, CancellationToken cancellationToken)
    {
        var found = await store.ReadAsync(context => GrantQueries.FindRefreshToken(context, secret.Lookup), cancellationToken);
        return found is not null && IsAlive(found, time.GetUtcNow()) ? found : null;
    }

    /// <summary>Is the key the one that the token is bound to? Those of clients that authenticate are bound to the client, and the key may change.</summary>
    public static bool IsBoundTo(FoundRefreshToken found, string? keyThumbprint) =>
        found.Token.KeyThumbprint is not { } key || (found.IsPublic ? string.Equals(key, keyThumbprint, StringComparison.Ordinal) : keyThumbprint is not null);

    /// <summary>Redeems a token. Client, scope and resource were right, and the proof, if one came, is remembered.</summary>
    public async Task<Redemption> RedeemAsync(RefreshSecret secret, FoundRefreshToken presented, Presenter presenter, CancellationToken cancellationToken)
    {
        if (!IsBoundTo(presented, presenter.KeyThumbprint))
            return new Redemption(RedemptionVerdict.WrongKey);

        // What came together with another needs no write. The row was read after this request began, so it says what was so meanwhile.
        if (JudgeRepeat(presented, presenter, time.GetUtcNow()) == Repeat.Together && Again(secret, presented) is { } again)
            return again;

        var redemption = await store.WriteAsync(context => RedeemAsync(context, secret, presenter), cancellationToken);
        if (redemption.Verdict == RedemptionVerdict.Replayed)
            mirror.Publish([presented.Grant.Id], time.GetUtcNow());

        return redemption;
    }

    private bool IsAlive(FoundRefreshToken found, DateTimeOffset now) =>
        found.IsAlive(now, state.Epoch) && (found.Token.RedeemedAt is not null || now < found.Token.ExpiresAt);

    private async Task<Redemption> RedeemAsync(AuthorityContext context, RefreshSecret secret, Presenter presenter)
    {
        var now = time.GetUtcNow();
        if (await GrantQueries.FindRefreshToken(context, secret.Lookup) is not { } found || !IsAlive(found, now))
            return new Redemption(RedemptionVerdict.Dead);

        if (!IsBoundTo(found, presenter.KeyThumbprint))
            return new Redemption(RedemptionVerdict.WrongKey);

        if (found.Token.RedeemedAt is not null)
            return await RepeatAsync(context, secret, found, presenter, now);

        return found.Grant.KeyThumbprint is not null && presenter.KeyThumbprint is null
            ? new Redemption(RedemptionVerdict.WrongKey)
            : await RotateAsync(context, secret, found, presenter, now);
    }

    private async Task<Redemption> RotateAsync(AuthorityContext context, RefreshSecret secret, FoundRefreshToken found, Presenter presenter, DateTimeOffset now)
    {
        var (successor, record) = tokens.Add(context, found.Grant, found.Token.Id, presenter, now);
        var (id, predecessor, until, from) = (found.Token.Id, found.Token.PredecessorId, now + settings.RefreshLeeway, presenter.AddressPrefix);
        var sealedSuccessor = settings.RefreshLeeway > TimeSpan.Zero ? secret.Seal(successor, BindingOf(found, record, until)) : null;
        var hit = await context.RefreshTokens.Where(token => token.Id == id && token.RedeemedAt == null).ExecuteUpdateAsync(set => set
            .SetProperty(token => token.RedeemedAt, now)
            .SetProperty(token => token.RepeatableUntil, until)
            .SetProperty(token => token.LastPresentedAt, now)
            .SetProperty(token => token.LastPresentedFrom, from)
            .SetProperty(token => token.SuccessorId, record.Id)
            .SetProperty(token => token.SealedSuccessor, sealedSuccessor));
        if (hit != 1)
            throw new InvalidOperationException("A refresh token was redeemed by two at once, although one writes at a time.");

        // Whoever uses a token has it: nobody needs its predecessor to give it again, and a thief must not be able to.
        if (predecessor is not null)
            await context.RefreshTokens.Where(token => token.Id == predecessor).ExecuteUpdateAsync(static set => set.SetProperty(token => token.SealedSuccessor, (byte[]?)null));

        await tokens.NoteUseAsync(context, found.Grant, presenter, now);
        activities.Add(context, ActivityKinds.TokenRefreshed, About(found, presenter));
        return new Redemption(RedemptionVerdict.Redeemed, successor.Text);
    }

    private async Task<Redemption> RepeatAsync(AuthorityContext context, RefreshSecret secret, FoundRefreshToken found, Presenter presenter, DateTimeOffset now)
    {
        var repeat = JudgeRepeat(found, presenter, now);
        if (repeat == Repeat.WrongKey)
            return new Redemption(RedemptionVerdict.WrongKey);

        var answer = repeat == Repeat.None ? null : Again(secret, found);
        if (answer is null)
        {
            await grants.RevokeAsync(context, [found.Grant], ActivityKinds.RefreshReplayed, presenter.AddressPrefix);
            activities.Add(context, ActivityKinds.RefreshReplayed, About(found, presenter));
            return new Redemption(RedemptionVerdict.Replayed);
        }

        if (repeat == Repeat.Counted)
        {
            var (id, from) = (found.Token.Id, presenter.AddressPrefix);
            await context.RefreshTokens.Where(token => token.Id == id).ExecuteUpdateAsync(set => set
                .SetProperty(token => token.Repeats, token => token.Repeats + 1)
                .SetProperty(token => token.LastPresentedAt, now)
                .SetProperty(token => token.LastPresentedFrom, from));
            activities.Add(context, ActivityKinds.RefreshRepeated, About(found, presenter) with { Detail = IsElsewhere(found, presenter) ? "from another address" : null });
        }

        return answer;
    }

    /// <summary>May a token that was redeemed give its successor again, and does it count?</summary>
    private Repeat JudgeRepeat(FoundRefreshToken found, Presenter presenter, DateTimeOffset now)
    {
        var token = found.Token;
        var end = Earlier(token.RepeatableUntil, token.RedeemedAt + settings.RefreshLeeway);
        if (found.Successor is not { RedeemedAt: null } successor || token.SealedSuccessor is null || !(now < end))
            return Repeat.None;

        // Who redeemed with a key repeats with it; the successor is bound to it.
        var isSameKey = found.IsPublic
            ? string.Equals(successor.KeyThumbprint, presenter.KeyThumbprint, StringComparison.Ordinal)
            : successor.KeyThumbprint is null || presenter.KeyThumbprint is not null;
        if (!isSameKey)
            return Repeat.WrongKey;

        if (now - token.LastPresentedAt < Together && !IsElsewhere(found, presenter))
            return Repeat.Together;

        return token.Repeats < settings.RefreshRepeats ? Repeat.Counted : Repeat.None;
    }

    private static bool IsElsewhere(FoundRefreshToken found, Presenter presenter) =>
        !string.Equals(found.Token.LastPresentedFrom, presenter.AddressPrefix, StringComparison.Ordinal);

    /// <summary>The successor once more; <c>null</c> when what is kept does not open, which only happens to what was changed from outside.</summary>
    private static Redemption? Again(RefreshSecret secret, FoundRefreshToken found) =>
        secret.Open(found.Token.SealedSuccessor!, BindingOf(found, found.Successor!, found.Token.RepeatableUntil!.Value)) is { } successor
            ? new Redemption(RedemptionVerdict.Repeated, successor.Text)
            : null;

    private static SealedFor BindingOf(FoundRefreshToken found, RefreshTokenRecord successor, DateTimeOffset until) =>
        new(found.Grant.Id, found.Grant.ClientId, successor.KeyThumbprint, found.Token.Id, until);

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one < other ? one : other;

    private static ActivitySubject About(FoundRefreshToken found, Presenter presenter) =>
        new(found.Grant.ClientId, found.Grant.Id, found.Grant.Subject, presenter.AddressPrefix);

    private enum Repeat
    {
        None,
        WrongKey,
        Together,
        Counted,
    }
}

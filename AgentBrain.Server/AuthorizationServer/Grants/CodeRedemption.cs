using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.State;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Grants;

/// <summary>
/// Redeems codes, each once: one update that must hit one row, in the transaction that makes the first refresh token. Who brings a code
/// that was redeemed, and everything that belongs to it, ends the grant; whoever lacks any of it changes nothing (RFC 6749 §10.5).
/// </summary>
internal sealed class CodeRedemption(
    AuthorityStore store,
    GrantStore grants,
    GrantMirror mirror,
    RefreshTokens tokens,
    StateFacts state,
    ActivityLog activities,
    TimeProvider time)
{
    /// <summary>The code; <c>null</c> when there is none, or nothing can come of it.</summary>
    public async Task<FoundCode?> FindAsync(string code, CancellationToken cancellationToken)
    {
        var digest = GrantStore.DigestOf(code);
        var found = await store.ReadAsync(context => GrantQueries.FindCode(context, digest), cancellationToken);
        var now = time.GetUtcNow();

        // One that was redeemed is held against everything too, so that its replay is known as one.
        return found is not null && found.IsAlive(now, state.Epoch) && (found.Code.RedeemedAt is not null || now < found.Code.ExpiresAt) ? found : null;
    }

    /// <summary>Redeems a code. Client, redirect URI and verifier were right, and the proof, if one came, is remembered.</summary>
    public async Task<Redemption> RedeemAsync(FoundCode presented, Presenter presenter, CancellationToken cancellationToken)
    {
        if (!IsBoundTo(presented, presenter.KeyThumbprint))
            return new Redemption(RedemptionVerdict.WrongKey);

        var redemption = await store.WriteAsync(context => RedeemAsync(context, presented.Code.CodeDigest, presenter), cancellationToken);
        if (redemption.Verdict == RedemptionVerdict.Replayed)
            mirror.Publish([presented.Grant.Id], time.GetUtcNow());

        return redemption;
    }

    /// <summary>Is the key the one that the code is bound to? The one that was used at its first redemption binds too: who lacks it is no replay.</summary>
    public static bool IsBoundTo(FoundCode found, string? keyThumbprint) =>
        (found.Code.KeyThumbprint ?? found.Code.RedeemedWithKey) is not { } key || string.Equals(key, keyThumbprint, StringComparison.Ordinal);

    private async Task<Redemption> RedeemAsync(AuthorityContext context, string digest, Presenter presenter)
    {
        var now = time.GetUtcNow();
        if (await GrantQueries.FindCode(context, digest) is not { } found || !found.IsAlive(now, state.Epoch))
            return new Redemption(RedemptionVerdict.Dead);

        if (!IsBoundTo(found, presenter.KeyThumbprint))
            return new Redemption(RedemptionVerdict.WrongKey);

        var hit = await context.Codes
            .Where(code => code.CodeDigest == digest && code.RedeemedAt == null && code.ExpiresAt > now)
            .ExecuteUpdateAsync(set => set.SetProperty(code => code.RedeemedAt, now).SetProperty(code => code.RedeemedWithKey, presenter.KeyThumbprint));
        var about = new ActivitySubject(found.Grant.ClientId, found.Grant.Id, found.Grant.Subject, presenter.AddressPrefix);
        if (hit != 1)
        {
            if (found.Code.RedeemedAt is null)
                return new Redemption(RedemptionVerdict.Dead);

            await grants.RevokeAsync(context, [found.Grant], ActivityKinds.CodeReplayed, presenter.AddressPrefix);
            activities.Add(context, ActivityKinds.CodeReplayed, about);
            return new Redemption(RedemptionVerdict.Replayed);
        }

        await tokens.NoteUseAsync(context, found.Grant, presenter, now);
        activities.Add(context, ActivityKinds.TokenIssued, about);
        return new Redemption(RedemptionVerdict.Redeemed, found.Grant.IsRefreshable ? tokens.Add(context, found.Grant, null, presenter, now).Secret.Text : null);
    }
}

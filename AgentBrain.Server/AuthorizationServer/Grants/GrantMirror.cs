using AgentBrain.OAuth.Revocation;
using AgentBrain.Server.AuthorizationServer.State;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Grants;

/// <summary>
/// Tells the side that judges access tokens which grants are revoked. The table is the truth; this is told right after each commit, and
/// of all that still matters before the port opens, so that neither crash nor restart gives anything back (SR-15).
/// </summary>
/// <param name="revocations">What access tokens are held against.</param>
/// <param name="state">The epoch.</param>
/// <param name="settings">Who the issuer is.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class GrantMirror(Revocations revocations, StateFacts state, AuthorizationServerSettings settings, TimeProvider time, ILogger<GrantMirror> logger)
{
    /// <summary>Makes tokens of revoked grants be refused, and their streams end, from now on.</summary>
    /// <param name="grantIds">Which; the transaction that revoked them is on the disk.</param>
    /// <param name="revokedAt">When.</param>
    public void Publish(IReadOnlyCollection<string> grantIds, DateTimeOffset revokedAt)
    {
        try
        {
            foreach (var grantId in grantIds)
                revocations.Revoke(RevocationTarget.Session(settings.Issuer, grantId), revokedAt);
        }
        catch (InvalidOperationException)
        {
            // No room to name them. Then every token from before is refused: clients of living grants get a new one, others do not.
            revocations.RefuseIssuedBefore(time.GetUtcNow());
            LogFull();
        }
    }

    /// <summary>Tells of everything that was revoked while tokens from before may live.</summary>
    public void Load(AuthorityContext context)
    {
        var since = time.GetUtcNow() - Revocations.Kept;
        var epoch = state.Epoch;
        var revoked = context.Grants.AsNoTracking()
            .Where(grant => grant.RevokedAt > since || (grant.RevokedAt == null && grant.Epoch < epoch))
            .Select(grant => new { grant.Id, grant.RevokedAt })
            .ToList();
        foreach (var grant in revoked)
            Publish([grant.Id], grant.RevokedAt ?? time.GetUtcNow());
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "There are more revoked grants than can be remembered. All access tokens that were issued before now are refused; clients get new ones with their refresh tokens.")]
    private partial void LogFull();
}

using System.Security.Cryptography;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Consent;

/// <summary>
/// What the owner agreed to before, by client as it was then, kind of redirect, and brain. It spares the page only where nobody else
/// can pose as the client (SR-19); elsewhere it ticks boxes. Never the one of <c>admin</c>.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class ConsentMemory(TimeProvider time)
{
    private const ScopeSet Remembered = ScopeSet.All & ~ScopeSet.Admin;

    /// <summary>What was agreed to; <c>null</c> when nothing was.</summary>
    public static async Task<ScopeSet?> RecallAsync(AuthorityContext database, string subject, AskedFor asked)
    {
        var record = await Of(database, subject, asked.Client.ClientId!, asked.Target, asked.Resource.Uri)
            .Where(row => row.MetadataDigest == asked.Client.MetadataDigest)
            .OrderByDescending(static row => row.GrantedAt)
            .FirstOrDefaultAsync();
        return record?.Scopes & Remembered;
    }

    /// <summary>Is the page spared?</summary>
    /// <param name="face">The client.</param>
    /// <param name="requested">What it asks for.</param>
    /// <param name="remembered">What was agreed to before.</param>
    public static bool SparesPage(ClientFace face, ScopeSet requested, ScopeSet? remembered) =>
        face.IsProven && remembered is { } before && before.Covers(requested);

    /// <summary>The boxes that are ticked when the page comes.</summary>
    public static ScopeSet Ticked(ClientFace face, RedirectTarget target, ScopeSet requested, ScopeSet? remembered)
    {
        if (remembered is { } before)
            return requested & before & Remembered;

        var known = face.IsKnown && target.Kind == RedirectKind.Https;
        return requested & (ScopeSet.Read | ScopeSet.Subscribe | (known ? ScopeSet.Index : ScopeSet.None));
    }

    /// <summary>Remembers an answer, in a transaction that is under way. It takes the place of what was remembered before.</summary>
    public async Task RememberAsync(AuthorityContext database, string subject, InteractionRecord request, RedirectTarget target, ScopeSet granted)
    {
        database.Consents.RemoveRange(await Of(database, subject, request.ClientId, target, request.Resource).ToListAsync());
        database.Consents.Add(new ConsentRecord
        {
            Id = Base64UrlText.Encode(RandomNumberGenerator.GetBytes(16)),
            Subject = subject,
            ClientId = request.ClientId,
            MetadataDigest = request.MetadataDigest,
            RedirectKind = target.Memory,
            Resource = request.Resource,
            Scopes = granted & Remembered,
            GrantedAt = time.GetUtcNow(),
        });
    }

    private static IQueryable<ConsentRecord> Of(AuthorityContext database, string subject, string clientId, RedirectTarget target, string resource) =>
        database.Consents.Where(row => row.Subject == subject && row.ClientId == clientId && row.RedirectKind == target.Memory && row.Resource == resource);
}

using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Grants;

/// <summary>What the token endpoint reads, each in one statement that is translated once.</summary>
internal static class GrantQueries
{
    /// <summary>A code by its digest, with its grant.</summary>
    public static readonly Func<AuthorityContext, string, Task<FoundCode?>> FindCode = EF.CompileAsyncQuery(static (AuthorityContext context, string digest) =>
        (from code in context.Codes.AsNoTracking()
         where code.CodeDigest == digest
         join grant in context.Grants.AsNoTracking() on code.GrantId equals grant.Id
         join client in context.Clients.AsNoTracking() on grant.ClientId equals client.ClientId
         select new FoundCode(
             code,
             grant,
             client.ClientType,
             client.MetadataDigest)).FirstOrDefault());

    /// <summary>A refresh token by its lookup value, with its grant and what became of its successor.</summary>
    public static readonly Func<AuthorityContext, string, Task<FoundRefreshToken?>> FindRefreshToken = EF.CompileAsyncQuery(static (AuthorityContext context, string lookup) =>
        (from token in context.RefreshTokens.AsNoTracking()
         where token.Lookup == lookup
         join grant in context.Grants.AsNoTracking() on token.GrantId equals grant.Id
         join client in context.Clients.AsNoTracking() on grant.ClientId equals client.ClientId

         // By a join: the first row of a query within would number all rows of the table each time.
         join successor in context.RefreshTokens.AsNoTracking() on token.SuccessorId equals successor.Id into successors
         from successor in successors.DefaultIfEmpty()
         select new FoundRefreshToken(
             token,
             grant,
             client.ClientType,
             client.MetadataDigest,
             successor)).FirstOrDefault());
}

/// <summary>A grant, and what decides whether it lives.</summary>
/// <param name="Grant">The grant.</param>
/// <param name="ClientType"><c>public</c> or <c>confidential</c>.</param>
/// <param name="MetadataDigest">The client's metadata as it is now.</param>
internal abstract record FoundGrant(GrantRecord Grant, string? ClientType, string MetadataDigest)
{
    /// <summary>Can the client keep no secret, so that a key is all that its tokens can be bound to?</summary>
    public bool IsPublic => ClientType != OpenIddict.Abstractions.OpenIddictConstants.ClientTypes.Confidential;

    /// <summary>Does the grant live, and is the client the one that was agreed to?</summary>
    public bool IsAlive(DateTimeOffset now, long epoch) =>
        Grant.IsAlive(now, epoch) && string.Equals(Grant.MetadataDigest, MetadataDigest, StringComparison.Ordinal);
}

/// <summary>A code that exists.</summary>
internal sealed record FoundCode(CodeRecord Code, GrantRecord Grant, string? ClientType, string MetadataDigest)
    : FoundGrant(Grant, ClientType, MetadataDigest);

/// <summary>A refresh token that exists.</summary>
internal sealed record FoundRefreshToken(RefreshTokenRecord Token, GrantRecord Grant, string? ClientType, string MetadataDigest, RefreshTokenRecord? Successor)
    : FoundGrant(Grant, ClientType, MetadataDigest);

using System.Security.Cryptography;
using System.Text;
using AgentBrain.OAuth.Tokens;

namespace AgentBrain.OAuth.Revocation;

/// <summary>
/// What a revocation takes away, known by a digest alone: the list of revocations is no list of people. The digest is of the kind, so
/// that a session is never taken for a token, and of all parts with their lengths, so that no two lists of parts look alike.
/// </summary>
public readonly record struct RevocationTarget
{
    private RevocationTarget(bool isForGood, params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("agent-brain:revoked:1\n"u8);
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }

        Digest = Convert.ToHexStringLower(hash.GetHashAndReset());
        IsForGood = isForGood;
    }

    /// <summary>The digest, 64 hexadecimal digits.</summary>
    public string Digest { get; }

    /// <summary>Whether it concerns tokens whenever they were issued, and not only those issued before. A person can grant anew; a session does not come back, as far as revocations are kept.</summary>
    internal bool IsForGood { get; }

    /// <summary>All tokens that were issued to a subject so far.</summary>
    public static RevocationTarget Subject(string issuer, string subject) => new(isForGood: false, "subject", issuer, subject);

    /// <summary>All tokens that were issued to a client for a subject so far: what a user takes away from one program.</summary>
    public static RevocationTarget Grant(string issuer, string clientId, string subject) => new(isForGood: false, "grant", issuer, clientId, subject);

    /// <summary>
    /// A session at the issuer, or a grant, whichever its <c>sid</c> names; with all tokens that come from it, later ones too, for as long
    /// as the revocation is kept: a day (<see cref="Revocations.Kept"/>). The issuer must end the session itself, or it gives out tokens
    /// after that which are good.
    /// </summary>
    public static RevocationTarget Session(string issuer, string sessionId) => new(isForGood: true, "session", issuer, sessionId);

    /// <summary>One token, by its <c>jti</c>, for a day (<see cref="Revocations.Kept"/>), which is longer than any token that is accepted lives.</summary>
    public static RevocationTarget Token(string issuer, string tokenId) => new(isForGood: true, "token", issuer, tokenId);

    /// <summary>Every target that would take away a token.</summary>
    internal static IEnumerable<RevocationTarget> Of(AccessToken token)
    {
        yield return Subject(token.Issuer, token.Subject);
        yield return Grant(token.Issuer, token.ClientId, token.Subject);
        if (token.SessionId is { } session)
            yield return Session(token.Issuer, session);
        if (token.TokenId is { } id)
            yield return Token(token.Issuer, id);
    }
}

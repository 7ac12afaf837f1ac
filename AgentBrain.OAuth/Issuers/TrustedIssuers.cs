using System.Collections.Frozen;

namespace AgentBrain.OAuth.Issuers;

/// <summary>All issuers whose tokens we accept.</summary>
public sealed class TrustedIssuers
{
    private readonly FrozenDictionary<string, TrustedIssuer> _byName;

    /// <summary>Takes the issuers.</summary>
    /// <exception cref="ArgumentException">Two have the same name.</exception>
    public TrustedIssuers(IEnumerable<TrustedIssuer> issuers)
    {
        TrustedIssuer[] all = [.. issuers];
        _byName = all.DistinctBy(issuer => issuer.Settings.Issuer, StringComparer.Ordinal).ToFrozenDictionary(issuer => issuer.Settings.Issuer, StringComparer.Ordinal);
        if (_byName.Count != all.Length)
            throw new ArgumentException("Two issuers have the same name.", nameof(issuers));

        TrustedIssuer[] asked = [.. all.Where(issuer => issuer.Introspection is not null)];
        OfOpaqueTokens = asked is [var only] ? only : null;
    }

    /// <summary>All of them.</summary>
    public IEnumerable<TrustedIssuer> All => _byName.Values;

    /// <summary>
    /// The issuer that is asked about tokens which do not say whose they are: the only one that can be asked. <c>null</c> when there
    /// is none, or more than one: a token is not shown to one issuer after the other.
    /// </summary>
    public TrustedIssuer? OfOpaqueTokens { get; }

    /// <summary>
    /// Grows whenever the keys of any issuer were found changed. Read it first in a request, and use that value with
    /// <see cref="Tokens.AccessTokenCache"/> until its end.
    /// </summary>
    public long Version
    {
        get
        {
            var sum = 0L;
            foreach (var issuer in _byName.Values)
                sum += issuer.Keys?.Version ?? 0;

            return sum;
        }
    }

    /// <summary>The issuer of exactly that name, if we accept its tokens.</summary>
    public TrustedIssuer? Find(string? issuer) => issuer is null ? null : _byName.GetValueOrDefault(issuer);
}

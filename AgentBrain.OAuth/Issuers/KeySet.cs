using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace AgentBrain.OAuth.Issuers;

/// <summary>An issuer's keys as they were published at one time (RFC 7517 §5).</summary>
/// <param name="Keys">The keys that are for us.</param>
/// <param name="Version">Counts how often the keys were found changed.</param>
/// <param name="Stamp">When they were fetched, on the clock that only runs.</param>
internal sealed record KeySet(ImmutableArray<IssuerKey> Keys, long Version, long Stamp)
{
    /// <summary>Most members of <c>keys</c>, those included that are not for us.</summary>
    public const int MaxKeys = 64;

    /// <summary>Reads a JWKS; <c>null</c> when it is none, or has too many keys.</summary>
    /// <param name="jwks">The document.</param>
    /// <param name="ignored">Why keys were left out (RFC 7517 §5: unknown or unsuitable ones do not spoil the rest), by their place.</param>
    public static ImmutableArray<IssuerKey>? Read(JsonElement jwks, out ImmutableArray<string> ignored)
    {
        ignored = [];
        if (!jwks.TryGetProperty("keys", out var members) || members.ValueKind != JsonValueKind.Array || members.GetArrayLength() > MaxKeys)
            return null;

        var keys = ImmutableArray.CreateBuilder<IssuerKey>();
        var problems = ImmutableArray.CreateBuilder<string>();
        foreach (var (place, member) in members.EnumerateArray().Index())
        {
            if (IssuerKey.Read(member, out var problem) is { } key)
                keys.Add(key);
            else
                problems.Add($"number {place}: {problem}");
        }

        ignored = problems.DrainToImmutable();
        return keys.DrainToImmutable();
    }

    /// <summary>The set that follows when these keys are found. Keys that stayed stay the same objects, for what others keep by them.</summary>
    public static KeySet Follow(KeySet? before, ImmutableArray<IssuerKey> found, long stamp)
    {
        if (before is null)
            return new KeySet(found, 1, stamp);

        ImmutableArray<IssuerKey> keys = [.. found.Select(key => before.Keys.FirstOrDefault(key.IsSameAs) ?? key)];
        var changed = keys.Except(before.Keys).Any() || before.Keys.Except(keys).Any();
        return new KeySet(keys, before.Version + (changed ? 1 : 0), stamp);
    }

    /// <summary>
    /// The one key for a token. Without a <c>kid</c> it must be the only one that fits; which of several was meant is not tried out.
    /// </summary>
    /// <param name="kid">The token's <c>kid</c>, or <c>null</c>.</param>
    /// <param name="algorithm">The token's <c>alg</c>.</param>
    /// <param name="isKnown">True when asking the issuer again would not help: the name is known, or several fit.</param>
    public SecurityKey? Find(string? kid, string algorithm, out bool isKnown)
    {
        isKnown = false;
        IssuerKey? only = null;
        var count = 0;
        foreach (var key in Keys)
        {
            if (kid is not null && key.Id != kid)
                continue;

            isKnown |= kid is not null;
            if (!key.Fits(algorithm))
                continue;

            isKnown = true;
            only = key;
            count++;
        }

        return count == 1 ? only!.Key : null;
    }
}

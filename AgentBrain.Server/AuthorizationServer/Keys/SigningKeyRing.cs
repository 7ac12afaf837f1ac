using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.IdentityModel.Tokens;

namespace AgentBrain.Server.AuthorizationServer.Keys;

/// <summary>The signing keys as they are at one time.</summary>
/// <param name="Version">Grows with every change.</param>
/// <param name="Keys">All that are known, the current first.</param>
/// <param name="DueAt">When something has to be done about them.</param>
internal sealed record SigningKeyRing(long Version, ImmutableArray<SigningKeyEntry> Keys, DateTimeOffset DueAt)
{
    /// <summary>The key that signs.</summary>
    public ECDsaSecurityKey Current { get; } = Keys[0].Pair!.Signing;

    /// <summary>The keys that are published, the current first.</summary>
    public ImmutableArray<ECDsaSecurityKey> Published { get; } = [.. Keys.Where(static key => key.Pair is not null).Select(static key => key.Pair!.Signing)];

    /// <summary>Their public parts, by <c>kid</c>.</summary>
    public FrozenDictionary<string, JsonWebKey> Verifying { get; } =
        Keys.Where(static key => key.Pair is not null).ToFrozenDictionary(static key => key.Info.Id, static key => key.Pair!.Verifying, StringComparer.Ordinal);

    /// <summary>The key itself, if it was read already.</summary>
    public SigningKeyPair? Find(string id) => Keys.FirstOrDefault(key => key.Info.Id == id)?.Pair;
}

/// <summary>A key of a ring.</summary>
/// <param name="Info">What there is to say about it.</param>
/// <param name="Pair">The key; <c>null</c> for one that was compromised.</param>
internal sealed record SigningKeyEntry(SigningKeyInfo Info, SigningKeyPair? Pair);

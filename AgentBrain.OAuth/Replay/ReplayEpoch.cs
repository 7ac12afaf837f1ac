using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AgentBrain.OAuth.Replay;

/// <summary>
/// The life of a replay store, from the moment at which it knew nothing. Nonces are made from the epoch's secret, so a nonce that is
/// found right is younger than the epoch, and so is the proof that carries it.
/// </summary>
public sealed class ReplayEpoch
{
    private const int SecretBytes = 32;
    private const int SecretCharacters = 43;
    private const int HistoryCharacters = 40;

    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    private ReplayEpoch(string value, DateTimeOffset bornAt, byte[] secret)
    {
        Value = value;
        BornAt = bornAt;
        Secret = secret;
    }

    /// <summary>When the store was empty, by the store's own clock.</summary>
    public DateTimeOffset BornAt { get; }

    /// <summary>The epoch as a store keeps it: birth in milliseconds, a colon, the secret; from Redis also a colon and the id of its history of replication. Never to be logged.</summary>
    internal string Value { get; }

    internal ReadOnlyMemory<byte> Secret { get; }

    /// <summary>An epoch that begins now, with a secret of its own.</summary>
    internal static ReplayEpoch Begin(DateTimeOffset now) => Parse($"{now.ToUnixTimeMilliseconds()}:{NewSecret()}")!;

    internal static string NewSecret() => Base64UrlText.Encode(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>Reads what a store keeps; <c>null</c> when it is something else.</summary>
    internal static ReplayEpoch? Parse(string? value)
    {
        var colon = value?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon <= 0 || value!.Length - colon - 1 < SecretCharacters)
            return null;

        if (!IsHistory(value.AsSpan(colon + 1 + SecretCharacters)) || !Base64UrlText.TryDecode(value.AsSpan(colon + 1, SecretCharacters), out var secret))
            return null;

        return long.TryParse(value.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds < 253402300800000
            ? new ReplayEpoch(value, DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), secret)
            : null;
    }

    private static bool IsHistory(ReadOnlySpan<char> text) => text.IsEmpty
        || (text.Length == 1 + HistoryCharacters && text[0] == ':' && !text[1..].ContainsAnyExcept(Hexadecimal));

    internal bool IsSame(ReplayEpoch? other) => other is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Value), Encoding.ASCII.GetBytes(other.Value));
}

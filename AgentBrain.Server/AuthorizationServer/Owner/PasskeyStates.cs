using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>
/// The challenge of a passkey ceremony, while the browser asks the authenticator. It is in a signed cookie, so that a stranger who
/// opens the page ten thousand times fills nothing here; what was tried is remembered until it would have ended, so it counts once.
/// The key of the signature is this process's own: after a restart an open page must be loaded again, and nothing can be repeated.
/// </summary>
internal sealed class PasskeyStates(OwnerCookies cookies, TimeProvider time)
{
    /// <summary>How long a ceremony may take.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private const int Capacity = 4096;
    private const int MaxLength = 3072;
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _tried = new(StringComparer.Ordinal);

    /// <summary>Gives the browser a ceremony's state.</summary>
    /// <param name="context">The request.</param>
    /// <param name="purpose">What it is for; a state for one thing is none for another.</param>
    /// <param name="state">What Identity needs at its end.</param>
    public void Give(HttpContext context, string purpose, string state)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(new Ceremony(SecretText.New(), purpose, time.GetUtcNow() + Lifetime, state));
        cookies.Write(context, cookies.Passkey, $"{Base64UrlText.Encode(payload)}.{Mac(payload)}", Lifetime, SameSiteMode.Strict);
    }

    /// <summary>Takes it back; from then on it is no state any more, whatever becomes of the ceremony.</summary>
    /// <returns>The state; <c>null</c> when there is none, it is too old, or it was tried before.</returns>
    public string? Take(HttpContext context, string purpose)
    {
        if (OwnerCookies.Read(context, cookies.Passkey) is not { Length: <= MaxLength } value || value.Split('.') is not [var text, var mac])
            return null;

        cookies.Remove(context, cookies.Passkey);
        if (!Base64UrlText.TryDecode(text, out var payload)
            || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(mac), Encoding.ASCII.GetBytes(Mac(payload))))
            return null;

        var ceremony = JsonSerializer.Deserialize<Ceremony>(payload)!;
        return ceremony.Purpose == purpose && ceremony.ExpiresAt > time.GetUtcNow() && TryOnce(ceremony) ? ceremony.State : null;
    }

    private bool TryOnce(Ceremony ceremony)
    {
        lock (_gate)
        {
            if (_tried.Count >= Capacity)
            {
                var now = time.GetUtcNow();
                foreach (var over in _tried.Where(pair => pair.Value <= now).Select(pair => pair.Key).ToList())
                    _tried.Remove(over);
            }

            // Full: better no passkey for some minutes than one that counts twice.
            return _tried.Count < Capacity && _tried.TryAdd(ceremony.Id, ceremony.ExpiresAt);
        }
    }

    private string Mac(byte[] payload) => Base64UrlText.Encode(HMACSHA256.HashData(_key, payload));

    private sealed record Ceremony(string Id, string Purpose, DateTimeOffset ExpiresAt, string State);
}

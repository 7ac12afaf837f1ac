using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AgentBrain.Server.AuthorizationServer.Keys;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>
/// Browsers that signed in before. Each has a signed cookie and a budget of its own, so that a stranger's guesses do not delay the
/// owner (SR-27). The cookie signs nobody in: who steals it may guess, as slowly as everybody.
/// </summary>
internal sealed class KnownBrowsers(ServerSecrets secrets, OwnerCookies cookies, TimeProvider time)
{
    private const string SecretName = "known-browser";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(180);

    /// <summary>The browser's id; <c>null</c> for one that never signed in.</summary>
    public string? Find(HttpContext context)
    {
        if (OwnerCookies.Read(context, cookies.KnownBrowser) is not { Length: <= 200 } value || value.Split('.') is not [var id, var expires, var mac])
            return null;

        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(mac), Encoding.ASCII.GetBytes(Mac(id, expires)))
            && long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && time.GetUtcNow().ToUnixTimeSeconds() < seconds
                ? id
                : null;
    }

    /// <summary>Remembers a browser that has just signed in.</summary>
    public void Remember(HttpContext context)
    {
        var id = Find(context) ?? SecretText.New();
        var expires = (time.GetUtcNow() + Lifetime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        cookies.Write(context, cookies.KnownBrowser, $"{id}.{expires}.{Mac(id, expires)}", Lifetime, SameSiteMode.Strict);
    }

    private string Mac(string id, string expires) =>
        Base64UrlText.Encode(HMACSHA256.HashData(secrets.Get(SecretName), Encoding.UTF8.GetBytes($"{id}.{expires}")));
}

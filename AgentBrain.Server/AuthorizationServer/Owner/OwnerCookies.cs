namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>
/// The cookies of the pages. On https their names begin with <c>__Host-</c>, so that no other host and no clear-text answer can set
/// them (RFC 6265bis §4.1.3.2). On http, which is served to loopback alone, browsers would not take such a name.
/// </summary>
/// <param name="settings">The issuer's scheme decides, since behind a terminator the connection does not tell.</param>
internal sealed class OwnerCookies(AuthorizationServerSettings settings)
{
    private readonly bool _isSecure = settings.Issuer.StartsWith("https://", StringComparison.Ordinal);

    /// <summary>The name of the session's cookie.</summary>
    public string Session => Name("ab");

    /// <summary>The name of the cookie by which a browser that signed in before is known.</summary>
    public string KnownBrowser => Name("ab-known");

    /// <summary>The name of the cookie with a passkey's challenge.</summary>
    public string Passkey => Name("ab-passkey");

    /// <summary>Reads one; <c>null</c> when it is missing.</summary>
    public static string? Read(HttpContext context, string name) => context.Request.Cookies.TryGetValue(name, out var value) ? value : null;

    /// <summary>Sets one.</summary>
    /// <param name="context">The request.</param>
    /// <param name="name">One of the names above.</param>
    /// <param name="value">Its value, in the characters of base64url and the dot.</param>
    /// <param name="maxAge">How long the browser keeps it; <c>null</c> for until it is closed.</param>
    /// <param name="sameSite">Lax where a client's link must find it, else Strict.</param>
    public void Write(HttpContext context, string name, string value, TimeSpan? maxAge, SameSiteMode sameSite) =>
        context.Response.Cookies.Append(name, value, Options(maxAge, sameSite));

    /// <summary>Takes one away.</summary>
    public void Remove(HttpContext context, string name) => context.Response.Cookies.Delete(name, Options(null, SameSiteMode.Lax));

    private string Name(string name) => _isSecure ? "__Host-" + name : name;

    private CookieOptions Options(TimeSpan? maxAge, SameSiteMode sameSite) => new()
    {
        Path = "/",
        HttpOnly = true,
        Secure = _isSecure,
        SameSite = sameSite,
        MaxAge = maxAge,
        IsEssential = true,
    };
}

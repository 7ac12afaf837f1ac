namespace AgentBrain.Server.AuthorizationServer.Keys;

/// <summary>The life of signing keys.</summary>
/// <param name="TokenLifetime">Life of an access token.</param>
internal sealed record SigningKeyTimes(TimeSpan TokenLifetime)
{
    /// <summary>How old the published key set may be in a cache: what <c>Cache-Control</c> says of it.</summary>
    public static readonly TimeSpan CacheAge = TimeSpan.FromMinutes(5);

    /// <summary>How long a key is published before it signs: longer than anybody keeps an older key set.</summary>
    public static readonly TimeSpan PublishAhead = TimeSpan.FromMinutes(15);

    /// <summary>How long a key signs.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromDays(90);

    /// <summary>How long it is remembered that a key was compromised.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromDays(90);

    // The skew that is granted to clocks, and the moment in which a request may still hold the key that was retired meanwhile.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1.5);

    /// <summary>How long a retired key is published: until its last token has ended for everybody.</summary>
    public TimeSpan Afterlife => TokenLifetime + Margin;
}

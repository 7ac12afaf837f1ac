namespace AgentBrain.Server.Configuration;

/// <summary>What one request, one address and one principal may take of the server.</summary>
internal sealed record RequestLimits
{
    /// <summary>Largest request body, in bytes.</summary>
    public int MaxBodyBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Largest body of <c>initialize</c>, in bytes; what a client says of itself is kept for as long as its session.</summary>
    public int MaxInitializeBytes { get; init; } = 64 * 1024;

    /// <summary>Longest time in which a body must have arrived.</summary>
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Requests a second from one address (an IPv4 address, or the /64 of an IPv6 one); twice as many at once. 0 is no limit.</summary>
    public int RatePerAddress { get; init; } = 100;

    /// <summary>Requests a second of one principal; twice as many at once. 0 is no limit.</summary>
    public int RatePerPrincipal { get; init; } = 200;

    /// <summary>Wrong credentials from one address before 429 is the answer; one more is allowed every <see cref="FailureInterval"/>.</summary>
    public int FailuresPerAddress { get; init; } = 10;

    /// <summary>How long it takes until one more wrong credential is answered with 401 instead of 429.</summary>
    public TimeSpan FailureInterval { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>Streams one principal may have open.</summary>
    public int StreamsPerPrincipal { get; init; } = 8;

    /// <summary>Streams of all principals together.</summary>
    public int MaxStreams { get; init; } = 1000;

    /// <summary>How long a response may be open before it counts as a stream, whatever it answers.</summary>
    public TimeSpan StreamAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest life of a response; the client opens a new one, with fresh credentials.</summary>
    public TimeSpan StreamLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long an event stream may be silent before it is shown to be alive.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Sessions one principal may have; a new one ends the one idle for longest.</summary>
    public int SessionsPerPrincipal { get; init; } = 16;

    /// <summary>Sessions of all principals together.</summary>
    public int MaxSessions { get; init; } = 4096;

    /// <summary>How long a session may be idle.</summary>
    public TimeSpan SessionIdle { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Most resource URIs in one subscription.</summary>
    public int MaxUrisPerSubscription { get; init; } = 100;
}

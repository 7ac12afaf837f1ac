namespace AgentBrain.IntegrationTests.OAuth;

/// <summary>How an authorization server and the server behind it are set up.</summary>
internal sealed record OAuthSetup
{
    /// <summary>Access tokens say nothing by themselves: the server has to ask about each (RFC 7662). Otherwise they are JWTs (RFC 9068).</summary>
    public bool Opaque { get; init; }

    /// <summary>How long an access token is good for.</summary>
    public TimeSpan TokenLife { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary><c>AGENT_BRAIN_DPOP</c>.</summary>
    public string Dpop { get; init; } = "allowed";

    /// <summary>Both servers want a nonce of theirs in every proof (RFC 9449 §8, §9).</summary>
    public bool NonceRequired { get; init; }
}

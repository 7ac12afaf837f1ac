namespace AgentBrain.Server.AuthorizationServer.Endpoints;

/// <summary>Why a request is refused, and how that is answered (a feature of the request). It overrides what the event was rejected with.</summary>
/// <param name="Reason">A code of <see cref="Reasons"/>.</param>
/// <param name="Error">The error of the protocol.</param>
/// <param name="Description">One sentence for whoever wrote the client; nothing of the request in it.</param>
internal sealed record ProtocolRefusal(string Reason, string Error, string Description)
{
    /// <summary>The HTTP status, where the error's own does not do.</summary>
    public int? Status { get; init; }

    /// <summary>When it makes sense to try again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>A nonce for the client's next proof (RFC 9449 §8).</summary>
    public string? Nonce { get; init; }

    /// <summary>For the log alone.</summary>
    public string? Detail { get; init; }
}

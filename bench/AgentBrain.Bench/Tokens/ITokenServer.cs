namespace AgentBrain.Bench.Tokens;

/// <summary>An authorization server that is measured.</summary>
internal interface ITokenServer : IAsyncDisposable
{
    /// <summary>What it is called in the report.</summary>
    string Name { get; }

    /// <summary>Where tokens are asked for.</summary>
    Uri TokenEndpoint { get; }

    /// <summary>The public client that asks.</summary>
    string ClientId { get; }

    /// <summary>The one resource that tokens are for.</summary>
    string Resource { get; }

    /// <summary>Has the user agree to an authorization request.</summary>
    /// <returns>A code that was not used yet, with the verifier of its challenge.</returns>
    Task<BenchCode> IssueAsync();

    /// <summary>What its process has computed so far.</summary>
    Task<TimeSpan> CpuAsync();
}

/// <summary>A code that can be exchanged.</summary>
/// <param name="Code">The code.</param>
/// <param name="Verifier">The PKCE verifier.</param>
internal sealed record BenchCode(string Code, string Verifier);

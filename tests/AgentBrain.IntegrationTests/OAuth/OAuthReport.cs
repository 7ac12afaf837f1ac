using System.Text.Json;
using AgentBrain.IntegrationTests.AuthorizationServer;

namespace AgentBrain.IntegrationTests.OAuth;

/// <summary>What <c>node/oauth-client.mjs</c> saw on its way from a URL to its tools.</summary>
internal sealed record OAuthReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public required string Protocol { get; init; }

    public required IReadOnlyList<ReportedStep> Steps { get; init; }

    /// <summary>The <c>scope</c> of each authorization request.</summary>
    public required IReadOnlyList<string> AskedScopes { get; init; }

    /// <summary>Every access token, in order.</summary>
    public required IReadOnlyList<ReportedToken> Issued { get; init; }

    /// <summary>What it fetched of well-known locations.</summary>
    public required IReadOnlyList<ReportedExchange> Discovered { get; init; }

    /// <summary>Its token requests.</summary>
    public required IReadOnlyList<ReportedExchange> Grants { get; init; }

    /// <summary>Its requests to the MCP endpoint.</summary>
    public required IReadOnlyList<ReportedExchange> Calls { get; init; }

    public required ReportedThefts Thefts { get; init; }

    /// <summary>With DPoP: how the server answered the last call, signed anew by the client's key, but without a nonce.</summary>
    public ReportedAnswer? WithoutNonce { get; init; }

    /// <summary>The client's id at the authorization server.</summary>
    public required string ClientId { get; init; }

    /// <summary>With a real browser: what it showed for each authorization; <c>null</c> where it did not ask.</summary>
    public required IReadOnlyList<ShownConsent?> Consents { get; init; }

    /// <summary>With a real browser: what it complained of.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>How the authorization server answered when the grant was given back, if it was.</summary>
    public int? Revoked { get; init; }

    public static OAuthReport Parse(string json) => JsonSerializer.Deserialize<OAuthReport>(json, Json)!;

    public ReportedStep Step(string name) => Steps.Single(step => step.Name == name);

    /// <summary>The server refused a token once, and the client got another by its refresh token.</summary>
    public void AssertRefreshed()
    {
        Assert.Equal([401], Step("refresh").Refusals);
        Assert.Equal(0, Step("refresh").Authorizations);
        Assert.Contains("error=\"invalid_token\"", Calls.Last(call => call.Status == 401).Challenge, StringComparison.Ordinal);
        Assert.Equal(("refresh_token", 200), (Grants[^1].Grant, Grants[^1].Status));
    }
}

/// <summary>One step of the visit.</summary>
/// <param name="Name">What was done.</param>
/// <param name="Authorizations">How often the user's browser was needed.</param>
/// <param name="Refusals">The statuses from 400 of the MCP endpoint.</param>
internal sealed record ReportedStep(string Name, int Authorizations, IReadOnlyList<int> Refusals);

/// <summary>What the authorization server said of a token.</summary>
internal sealed record ReportedToken(string Type, string Scope);

/// <summary>One request and what came back, without secrets.</summary>
internal sealed record ReportedExchange(string Method, string Url, string? Scheme, int Status, string? Challenge, string? Nonce, ReportedProof? Proof, string? Grant, string? Resource);

/// <summary>The claims of a DPoP proof: <c>jti</c>, <c>htu</c>, <c>htm</c>, <c>nonce</c>.</summary>
internal sealed record ReportedProof(string Id, string Url, string Method, string? Nonce);

/// <summary>How the server answered somebody who had read the last call.</summary>
/// <param name="Again">The same call, headers and all.</param>
/// <param name="AsBearer">Its token as <c>Bearer</c>.</param>
/// <param name="WithoutProof">Its token as <c>DPoP</c>, without a proof.</param>
/// <param name="WithOwnKey">Its token with a proof by another key.</param>
internal sealed record ReportedThefts(ReportedAnswer Again, ReportedAnswer AsBearer, ReportedAnswer WithoutProof, ReportedAnswer WithOwnKey);

/// <summary>An answer to a call that the client did not make.</summary>
internal sealed record ReportedAnswer(int Status, string? Challenge, string? Nonce);

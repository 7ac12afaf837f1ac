using AgentBrain.OAuth.Tokens;

namespace AgentBrain.OAuth.Tests.Revocation;

/// <summary>A token with everything that can be revoked.</summary>
internal static class SampleToken
{
    public const string Issuer = "https://as.example";

    public static AccessToken IssuedAt(DateTimeOffset now) => new()
    {
        Issuer = Issuer,
        Subject = "alice",
        ClientId = "client-1",
        Audiences = ["https://brain.example/mcp"],
        Scopes = ScopeSet.All,
        IssuedAt = now,
        ExpiresAt = now + TimeSpan.FromMinutes(15),
        TokenId = "token-1",
        SessionId = "session-1",
    };
}

using System.Text.Json.Nodes;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>What a signed token says (RFC 7519 §4.1, RFC 9068 §2.2, RFC 7800).</summary>
public sealed class ClaimMatrix(World world) : IClassFixture<World>
{
    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    private static readonly Rows Cases = new()
    {
        { "RFC 7519 §4.1.4", "expired a minute ago", Expect.BadToken("token_expired"), static attempt => attempt.Claims = static claims => (claims["iat"], claims["exp"]) = (Now - 600, Now - 60) },
        { "RFC 7519 §4.1.4", "expired within the leeway", Expect.Accepted, static attempt => attempt.Claims = static claims => (claims["iat"], claims["exp"]) = (Now - 600, Now - 10) },
        { "RFC 7519 §4.1.4", "no exp", Expect.BadToken("token_claims"), static attempt => attempt.Claims = static claims => claims.Remove("exp") },
        { "RFC 7519 §2", "exp as text", Expect.BadToken("token_claims"), static attempt => attempt.Claims = static claims => claims["exp"] = $"{Now + 600}" },
        { "RFC 7519 §2", "exp beyond all reason", Expect.BadToken("token_claims"), static attempt => attempt.Claims = static claims => claims["exp"] = 1e300 },
        { "RFC 7519 §4.1.5", "not valid for another minute", Expect.BadToken("token_not_yet_valid"), static attempt => attempt.Claims = static claims => claims["nbf"] = Now + 60 },
        { "RFC 7519 §4.1.5", "not valid for another ten seconds, within the leeway", Expect.Accepted, static attempt => attempt.Claims = static claims => claims["nbf"] = Now + 10 },
        { "RFC 7519 §4.1.6", "issued in the future", Expect.BadToken("token_not_yet_valid"), static attempt => attempt.Claims = static claims => claims["iat"] = Now + 60 },
        { "RFC 9068 §2.2", "no iat", Expect.BadToken("token_claims"), static attempt => attempt.Claims = static claims => claims.Remove("iat") },
        { "RFC 9068 §2.2", "no sub", Expect.BadToken("token_claims"), static attempt => attempt.Claims = static claims => claims.Remove("sub") },
        { "RFC 9068 §2.2", "an empty sub", Expect.BadToken("token_claims"), static attempt => attempt.Claims = static claims => claims["sub"] = "" },
        { "RFC 9068 §2.2", "a sub that is a list", Expect.BadToken("token_claims"), static attempt => attempt.Claims = static claims => claims["sub"] = new JsonArray("alice", "bob") },
        { "RFC 9068 §2.2", "a sub with a line break", Expect.BadToken("token_claims"), static attempt => attempt.Claims = static claims => claims["sub"] = "alice\nbob" },
        { "RFC 9068 §2.2", "no client_id", Expect.BadToken("token_claims"), static attempt => attempt.Claims = static claims => claims.Remove("client_id") },
        { "RFC 9068 §2.2", "azp instead of client_id", Expect.BadToken("token_claims"), static attempt => attempt.Claims = static claims => { claims.Remove("client_id"); claims["azp"] = "client"; } },
        { "RFC 9700 §2.2", "a life of more than an hour", Expect.BadToken("token_lifetime"), static attempt => attempt.Claims = static claims => claims["exp"] = Now + 3_700 },
        { "RFC 9700 §2.2", "exp before iat", Expect.BadToken("token_lifetime"), static attempt => attempt.Claims = static claims => (claims["iat"], claims["exp"]) = (Now + 20, Now + 10) },
        { "RFC 9068 §4", "an issuer that nobody trusts", Expect.BadToken("unknown_issuer"), static (attempt, world) => attempt.Issuer = world.Stranger },
        { "RFC 9068 §4", "the issuer with a slash behind it", Expect.BadToken("unknown_issuer"), static (attempt, world) => attempt.Claims = claims => claims["iss"] = world.Issuer.Url + "/" },
        { "RFC 9068 §4", "the issuer in upper case", Expect.BadToken("unknown_issuer"), static (attempt, world) => attempt.Claims = claims => claims["iss"] = world.Issuer.Url.ToUpperInvariant() },
        { "RFC 9068 §4", "the issuer with another name for the host", Expect.BadToken("unknown_issuer"), static (attempt, world) => attempt.Claims = claims => claims["iss"] = world.Issuer.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal) },
        { "RFC 9068 §4", "no iss", Expect.BadToken("unknown_issuer"), static attempt => attempt.Claims = static claims => claims.Remove("iss") },
        { "RFC 9068 §4", "iss as a list", Expect.BadToken("unknown_issuer"), static (attempt, world) => attempt.Claims = claims => claims["iss"] = new JsonArray(world.Issuer.Url) },
        { "RFC 9700 §4.4", "the issuer's name, signed by another issuer that is trusted", Expect.BadToken("token_signature"), static (attempt, world) => (attempt.Issuer, attempt.Claims) = (world.Second, claims => claims["iss"] = world.Issuer.Url) },
        { "RFC 7662 §4", "a signed token of an issuer that is to be asked", Expect.BadToken("token_inactive"), static (attempt, world) => attempt.Issuer = world.Asked },
        { "RFC 7800 §3.1", "a confirmation that we do not know", Expect.BadToken("token_confirmation"), static attempt => attempt.Claims = static claims => claims["cnf"] = new JsonObject { ["kid"] = "x" } },
        { "RFC 8705 §3.1", "bound to a certificate", Expect.BadToken("token_confirmation"), static attempt => attempt.Claims = static claims => claims["cnf"] = new JsonObject { ["x5t#S256"] = "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2" } },
        { "RFC 7800 §3.1", "bound to a key and to something else", Expect.BadBoundToken("token_confirmation"), static attempt => (attempt.Scheme, attempt.Claims) = ("DPoP", static claims => claims["cnf"]!["kid"] = "x") },
        { "RFC 9449 §6.1", "a jkt that is none", Expect.BadToken("token_confirmation"), static attempt => attempt.Claims = static claims => claims["cnf"] = new JsonObject { ["jkt"] = "short" } },
        { "RFC 7800 §3.1", "an empty cnf", Expect.BadToken("token_confirmation"), static attempt => attempt.Claims = static claims => claims["cnf"] = new JsonObject() },
        { "RFC 7800 §3.1", "cnf null", Expect.BadToken("token_confirmation"), static attempt => attempt.Claims = static claims => claims["cnf"] = null },
        { "RFC 9068 §2.2.3", "no scope", Expect.Scope, static attempt => attempt.Claims = static claims => claims.Remove("scope") },
        { "RFC 6749 §3.3", "a scope in another case", Expect.Scope, static attempt => attempt.Scope = "Agent-Brain:Read" },
        { "RFC 6749 §3.3", "a scope with more behind it", Expect.Scope, static attempt => attempt.Scope = "agent-brain:read:all" },
        { "RFC 6749 §3.3", "scopes with a tab between them", Expect.Scope, static attempt => attempt.Scope = "openid\tagent-brain:read" },
        { "RFC 6749 §3.3", "a wildcard", Expect.Scope, static attempt => attempt.Scope = "agent-brain:* *" },
        { "RFC 6749 §3.3", "the scope among others'", Expect.Accepted, static attempt => attempt.Scope = "openid agent-brain:read email" },
        { "RFC 9068 §2.2.3", "scope as an object", Expect.BadToken("token_claims"), static attempt => attempt.Claims = static claims => claims["scope"] = new JsonObject { ["agent-brain:read"] = true } },
    };

    public static TheoryData<string, string> Each => Cases.InEveryGeneration();

    [Theory]
    [MemberData(nameof(Each))]
    public Task A_signed_token_must_also_say_the_right_things(string row, string generation) => Cases.Run(world, row, generation);
}

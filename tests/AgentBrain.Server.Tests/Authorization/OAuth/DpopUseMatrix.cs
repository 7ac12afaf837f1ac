using System.Security.Cryptography;
using System.Text;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.IdentityModel.Tokens;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>Numbers 8 to 12 of RFC 9449 §4.3: a good proof must be for this request, now, with this token.</summary>
public sealed class DpopUseMatrix(World world) : IClassFixture<World>
{
    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    private static readonly Rows Cases = new()
    {
        { "RFC 9449 §4.3 (8)", "htm of another method", Expect.BadProof("proof_method"), static attempt => attempt.ProofClaims = static claims => claims["htm"] = "GET" },
        { "RFC 9449 §4.3 (8)", "htm in lower case", Expect.BadProof("proof_method"), static attempt => attempt.ProofClaims = static claims => claims["htm"] = "post" },
        { "RFC 9449 §4.3 (8)", "htm with a space", Expect.BadProof("proof_method"), static attempt => attempt.ProofClaims = static claims => claims["htm"] = "POST " },
        { "RFC 9449 §4.3 (9)", "htu of another path", Expect.BadProof("proof_target"), static attempt => attempt.ProofClaims = static claims => claims["htu"] = claims["htu"] + "x" },
        { "RFC 9449 §4.3 (9)", "htu of another brain", Expect.BadProof("proof_target"), static (attempt, world) => attempt.ProofClaims = claims => claims["htu"] = world.ResourceOf(World.Finance) },
        { "RFC 9449 §4.3 (9)", "htu of another host", Expect.BadProof("proof_target"), static attempt => attempt.ProofClaims = static claims => claims["htu"] = claims["htu"]!.ToString().Replace("127.0.0.1", "localhost", StringComparison.Ordinal) },
        { "RFC 9449 §4.3 (9)", "htu of another port", Expect.BadProof("proof_target"), static attempt => attempt.ProofClaims = static claims => claims["htu"] = "http://127.0.0.1/mcp" },
        { "RFC 9449 §4.3 (9)", "htu of another scheme", Expect.BadProof("proof_target"), static attempt => attempt.ProofClaims = static claims => claims["htu"] = claims["htu"]!.ToString().Replace("http:", "https:", StringComparison.Ordinal) },
        { "RFC 9449 §4.3 (9)", "htu with a user name", Expect.BadProof("proof_target"), static attempt => attempt.ProofClaims = static claims => claims["htu"] = claims["htu"]!.ToString().Replace("http://", "http://alice@", StringComparison.Ordinal) },
        { "RFC 9449 §4.3 (9)", "htu with dot segments", Expect.BadProof("proof_target"), static attempt => attempt.ProofClaims = static claims => claims["htu"] = claims["htu"]!.ToString().Replace("/mcp", "/x/../mcp", StringComparison.Ordinal) },
        { "RFC 9449 §4.3 (9)", "htu with a back slash", Expect.BadProof("proof_target"), static attempt => attempt.ProofClaims = static claims => claims["htu"] = claims["htu"]!.ToString().Replace("/mcp", "\\mcp", StringComparison.Ordinal) },
        { "RFC 9449 §4.3 (9)", "htu with the path in another case", Expect.BadProof("proof_target"), static attempt => attempt.ProofClaims = static claims => claims["htu"] = claims["htu"]!.ToString().Replace("/mcp", "/MCP", StringComparison.Ordinal) },
        { "RFC 9449 §4.3 (9)", "htu that is a path alone", Expect.BadProof("proof_target"), static attempt => attempt.ProofClaims = static claims => claims["htu"] = "/mcp" },
        { "RFC 3986 §6.2.2", "htu with the scheme in upper case", Expect.Accepted, static attempt => attempt.ProofClaims = static claims => claims["htu"] = claims["htu"]!.ToString().Replace("http:", "HTTP:", StringComparison.Ordinal) },
        { "RFC 3986 §6.2.2", "htu with a needless percent-encoding", Expect.Accepted, static attempt => attempt.ProofClaims = static claims => claims["htu"] = claims["htu"]!.ToString().Replace("/mcp", "/%6Dcp", StringComparison.Ordinal) },
        { "RFC 9449 §4.3 (9)", "htu with a query, which does not count", Expect.Accepted, static attempt => attempt.ProofClaims = static claims => claims["htu"] = claims["htu"] + "?a=b" },
        { "RFC 9449 §4.3 (9)", "htu without the query of the request", Expect.Accepted, static attempt => attempt.Query = "?a=b" },
        { "RFC 9449 §4.3 (9)", "the public URL in htu, whatever Host and forwarding headers say", Expect.BadProof("proof_target"), static attempt => { attempt.Headers["X-Forwarded-Host"] = "brain.example"; attempt.ProofClaims = static claims => claims["htu"] = "https://brain.example/mcp"; } },
        { "RFC 9449 §4.3 (10)", "a nonce that nobody gave", Expect.NeedsNonce, static attempt => attempt.ProofClaims = static claims => claims["nonce"] = "AAAAAAAAAAAAAAAAAAAAAA" },
        { "RFC 9449 §4.3 (10)", "an empty nonce", Expect.NeedsNonce, static attempt => attempt.ProofClaims = static claims => claims["nonce"] = "" },
        { "RFC 9449 §4.3 (10)", "a nonce that is a number", Expect.BadProof("proof_claims"), static attempt => attempt.ProofClaims = static claims => claims["nonce"] = 7 },
        { "RFC 9449 §4.3 (11)", "made six minutes ago", Expect.BadProof("proof_time"), static attempt => attempt.ProofClaims = static claims => claims["iat"] = Now - 360 },
        { "RFC 9449 §4.3 (11)", "made four and a half minutes ago", Expect.Accepted, static attempt => attempt.ProofClaims = static claims => claims["iat"] = Now - 270 },
        { "RFC 9449 §4.3 (11)", "made in two minutes", Expect.BadProof("proof_time"), static attempt => attempt.ProofClaims = static claims => claims["iat"] = Now + 120 },
        { "RFC 9449 §4.3 (11)", "made in half a minute", Expect.Accepted, static attempt => attempt.ProofClaims = static claims => claims["iat"] = Now + 30 },
        { "RFC 9449 §4.3 (11)", "made in 1970", Expect.BadProof("proof_time"), static attempt => attempt.ProofClaims = static claims => claims["iat"] = 0 },
        { "RFC 7519 §2", "made at a fraction of a second", Expect.Accepted, static attempt => attempt.ProofClaims = static claims => claims["iat"] = Now + 0.5 },
        { "RFC 9449 §11.1", "an exp that is over, which says nothing in a proof", Expect.Accepted, static attempt => attempt.ProofClaims = static claims => claims["exp"] = 1 },
        { "RFC 9449 §4.3 (12)", "no ath", Expect.BadProof("proof_token_hash"), static attempt => attempt.ProofClaims = static claims => claims.Remove("ath") },
        { "RFC 9449 §4.3 (12)", "the ath of another token", Expect.BadProof("proof_token_hash"), static attempt => attempt.ProofClaims = static claims => claims["ath"] = Hash("another") },
        { "RFC 9449 §4.3 (12)", "ath in hexadecimal", Expect.BadProof("proof_token_hash"), static attempt => attempt.ProofClaims = claims => claims["ath"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(attempt.Token))) },
        { "RFC 9449 §4.3 (12)", "ath with padding", Expect.BadProof("proof_token_hash"), static attempt => attempt.ProofClaims = static claims => claims["ath"] = claims["ath"] + "=" },
        { "RFC 9449 §4.3 (12)", "ath as an object", Expect.BadProof("proof_claims"), static attempt => attempt.ProofClaims = static claims => claims["ath"] = 7 },
        { "RFC 9449 §4.3 (12)", "a good proof with another key", Expect.BadProof("proof_binding"), static (attempt, world) => attempt.Proofs = _ => [world.NewClient().Proof(attempt.Token, attempt.Uri)] },
        { "RFC 9449 §4.3 (12)", "the token's key in another proof's header", Expect.BadProof("proof_signature"), static (attempt, world) => attempt.Proofs = _ => [Mix(attempt, world)] },
    };

    public static TheoryData<string, string> Each => Cases.InEveryGeneration();

    [Theory]
    [MemberData(nameof(Each))]
    public Task A_proof_is_for_one_request_one_time_and_one_token(string row, string generation) => Cases.Run(world, row, generation, static attempt => attempt.Scheme = "DPoP");

    [Fact]
    public async Task A_demanded_nonce_comes_with_the_demand_and_does_for_this_brain_alone()
    {
        var attempt = new Attempt(world) { Scheme = "DPoP", ProofClaims = static claims => claims["nonce"] = "x" };
        var demand = await attempt.Send(Messages.Modern);
        var nonce = demand.Header("DPoP-Nonce");
        attempt.ProofClaims = claims => claims["nonce"] = nonce;

        var good = await attempt.Send(Messages.Modern);
        var elsewhere = await new Attempt(world) { Scheme = "DPoP", Brain = World.Finance, ProofClaims = claims => claims["nonce"] = nonce }.Send(Messages.Modern);

        Assert.Matches("^[A-Za-z0-9_-]{22}$", nonce);
        Assert.Equal(Expect.Accepted, good.Shape);
        Assert.Equal(Expect.NeedsNonce, elsewhere.Shape);
        Assert.NotEqual(nonce, elsewhere.Header("DPoP-Nonce"));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task A_proof_names_the_verb_of_the_request_whichever_it_is(string verb)
    {
        var attempt = new Attempt(world) { Scheme = "DPoP", Scope = "agent-brain:read agent-brain:subscribe" };
        attempt.Session = await attempt.OpenSession(Messages.Legacy);
        attempt.Verb = verb;
        attempt.ProofClaims = claims => claims["htm"] = verb == "POST" ? "GET" : "POST";
        var wrong = await attempt.Send(Messages.Legacy);
        attempt.ProofClaims = null;

        var right = await attempt.Send(Messages.Legacy);

        Assert.Equal(Expect.BadProof("proof_method"), wrong.Shape);
        Assert.Equal(Expect.Accepted, right.Shape);
    }

    private static string Hash(string token) => Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(token)));

    private static string Mix(Attempt attempt, World world)
    {
        var (own, other) = (attempt.GoodProof().Split('.'), world.NewClient().Proof(attempt.Token, attempt.Uri).Split('.'));
        return $"{own[0]}.{other[1]}.{other[2]}";
    }
}

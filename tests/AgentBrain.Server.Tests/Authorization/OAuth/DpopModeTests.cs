using AgentBrain.Server.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>A brain takes bound tokens, demands them, or takes none (SR-39), and may demand nonces (RFC 9449 §9).</summary>
public sealed class DpopModeTests(World world) : IClassFixture<World>
{
    private static readonly Rows Cases = new()
    {
        { "SR-39", "required: a bound token and its proof", Expect.Accepted, static attempt => (attempt.Brain, attempt.Scheme) = ("strict", "DPoP") },
        { "SR-39", "required: an unbound token as Bearer", Expect.BadToken("dpop_required"), static attempt => attempt.Brain = "strict" },
        { "SR-39", "required: an unbound token as Bearer with a proof", Expect.BadToken("dpop_required"), static attempt => (attempt.Brain, attempt.Proofs) = ("strict", static proof => [proof]) },
        { "SR-39", "required: an unbound token as DPoP", Expect.BadBoundToken("token_is_unbound"), static attempt => (attempt.Brain, attempt.Scheme, attempt.Bound) = ("strict", "DPoP", false) },
        { "SR-39", "required: a bound token as Bearer", Expect.BadToken("token_is_bound"), static attempt => (attempt.Brain, attempt.Bound) = ("strict", true) },
        { "SR-39", "off: an unbound token as Bearer", Expect.Accepted, static attempt => attempt.Brain = "plain" },
        { "SR-39", "off: a bound token and its proof", "401 dpop_off Bearer:", static attempt => (attempt.Brain, attempt.Scheme) = ("plain", "DPoP") },
        { "SR-39", "off: a bound token as Bearer", "401 token_is_bound Bearer:invalid_token", static attempt => (attempt.Brain, attempt.Bound) = ("plain", true) },
        { "SR-39", "off: an unbound token as DPoP", "401 dpop_off Bearer:", static attempt => (attempt.Brain, attempt.Scheme, attempt.Bound) = ("plain", "DPoP", false) },
        { "RFC 6750 §3.1", "off: nothing", "401 no_credentials Bearer:", static attempt => (attempt.Brain, attempt.Authorization) = ("plain", static _ => []) },
    };

    public static TheoryData<string, string> Each => Cases.InEveryGeneration();

    [Theory]
    [MemberData(nameof(Each))]
    public Task A_brain_takes_tokens_as_its_mode_says(string row, string generation) => Cases.Run(world, row, generation);

    [Fact]
    public async Task Where_nonces_are_demanded_each_proof_needs_a_recent_one()
    {
        await using var issuer = await TestIssuer.StartAsync();
        var time = new ShiftedTime(TimeSpan.FromMinutes(-15));
        await using var brain = await TestBrain.StartOAuth(issuer.Url, Solo.With(time), "--AGENT_BRAIN_DPOP_NONCE=required");
        time.Advance(TimeSpan.FromMinutes(15));
        using var client = new TestClient();
        var token = issuer.Token(brain.Url + "mcp", claims: client.Bind);

        var without = await Solo.Send(brain, "DPoP " + token, client.Proof(token, brain.Url + "mcp"));
        var nonce = without.Header("DPoP-Nonce");
        string Proof() => client.Proof(token, brain.Url + "mcp", claims: claims => (claims["nonce"], claims["iat"]) = (nonce, time.GetUtcNow().ToUnixTimeSeconds()));
        var with = await Solo.Send(brain, "DPoP " + token, Proof());
        var again = await Solo.Send(brain, "DPoP " + token, Proof());
        time.Advance(TimeSpan.FromMinutes(4));
        var old = await Solo.Send(brain, "DPoP " + token, Proof());

        Assert.Equal(Expect.NeedsNonce, without.Shape);
        Assert.Equal(Expect.Accepted, with.Shape);
        Assert.Equal(Expect.Accepted, again.Shape);
        Assert.Equal(Expect.NeedsNonce, old.Shape);
        Assert.NotEqual(nonce, old.Header("DPoP-Nonce"));
    }

    [Fact]
    public async Task Proofs_of_one_key_have_a_rate_and_another_key_does_not_suffer()
    {
        await using var issuer = await TestIssuer.StartAsync();
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddMinutes(-15));
        await using var brain = await TestBrain.StartOAuth(issuer.Url, Solo.With(time), "--AGENT_BRAIN_DPOP_RATE_PER_KEY=1");
        time.Advance(TimeSpan.FromMinutes(15));
        using var client = new TestClient();
        using var other = new TestClient();
        async Task<Reply> Send(TestClient with)
        {
            var token = issuer.Token(brain.Url + "mcp", claims: with.Bind);
            return await Solo.Send(brain, "DPoP " + token, with.Proof(token, brain.Url + "mcp"));
        }

        var replies = new List<Reply>();
        for (var i = 0; i < 6; i++)
            replies.Add(await Send(client));

        Assert.All(replies[..2], reply => Assert.Equal(Expect.Accepted, reply.Shape));
        Assert.All(replies[2..], reply => Assert.Equal("429 proof_rate", reply.Shape));
        Assert.Equal("1", replies[^1].Header("Retry-After"));
        Assert.Equal(Expect.Accepted, (await Send(other)).Shape);
    }
}

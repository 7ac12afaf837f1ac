using AgentBrain.Server.Tests.Hosting;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>The attacks of the threat model, each from what the attacker has to what it gets, by its name.</summary>
public sealed class AttackTests(World world) : IClassFixture<World>
{
    private const string Everything = "agent-brain:read agent-brain:index agent-brain:subscribe agent-brain:admin";

    /// <summary>RFC 9449 §1: the thief has the token and all that was ever sent with it, and not the key.</summary>
    [Fact]
    public async Task A_stolen_bound_token_is_worthless_without_its_key()
    {
        var victim = new Attempt(world) { Scheme = "DPoP" };
        var seen = victim.GoodProof();
        victim.Proofs = _ => [seen];
        Assert.Equal(Expect.Accepted, (await victim.Send(Messages.Modern)).Shape);
        var thief = new Attempt(world) { Token = victim.Token };

        var asBearer = await thief.Send(Messages.Modern);
        thief.Scheme = "DPoP";
        var withOwnKey = await thief.Send(Messages.Modern);
        thief.Proofs = _ => [seen];
        var replayed = await thief.Send(Messages.Modern);
        thief.Proofs = _ => [Bends.RewriteClaims(seen, static claims => claims["jti"] = "fresh")];
        var freshened = await thief.Send(Messages.Modern);

        Assert.Equal(Expect.BadToken("token_is_bound"), asBearer.Shape);
        Assert.Equal(Expect.BadProof("proof_binding"), withOwnKey.Shape);
        Assert.Equal(Expect.BadProof("proof_replayed"), replayed.Shape);
        Assert.Equal(Expect.BadProof("proof_signature"), freshened.Shape);
    }

    [Fact]
    public async Task A_captured_request_runs_once_however_often_and_in_whichever_spelling_it_is_sent()
    {
        var attempt = new Attempt(world) { Scheme = "DPoP" };
        var proof = attempt.GoodProof();
        attempt.Proofs = _ => [proof];
        var before = world.Brain.Log.Calls.Count;

        var replies = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => attempt.Send(Messages.Modern)));
        attempt.Query = "?again";
        var withQuery = await attempt.Send(Messages.Modern);
        attempt.Scheme = "dpop";
        var inLowerCase = await attempt.Send("2027-01-01");

        Assert.Single(replies, reply => reply.Shape == Expect.Accepted);
        Assert.Equal(31, replies.Count(reply => reply.Shape == Expect.BadProof("proof_replayed")));
        Assert.Equal(before + 1, world.Brain.Log.Calls.Count);
        Assert.Equal(Expect.BadProof("proof_replayed"), withQuery.Shape);
        Assert.Equal(Expect.BadProof("proof_replayed"), inLowerCase.Shape);
    }

    [Fact]
    public async Task A_proof_for_one_brain_opens_no_other()
    {
        var finance = new Attempt(world) { Scheme = "DPoP", Brain = World.Finance };
        var proof = finance.GoodProof();

        var reply = await new Attempt(world) { Scheme = "DPoP", Client = finance.Client, Proofs = _ => [proof] }.Send(Messages.Modern);

        Assert.Equal(Expect.BadProof("proof_target"), reply.Shape);
    }

    /// <summary>A proof that was refused is not spent: who bends a captured one cannot keep its owner out.</summary>
    [Fact]
    public async Task A_refused_request_does_not_spend_its_owners_proof()
    {
        var owner = new Attempt(world) { Scheme = "DPoP" };
        var proof = owner.GoodProof();
        _ = await new Attempt(world) { Scheme = "DPoP", Proofs = _ => [proof] }.Send(Messages.Modern);
        _ = await new Attempt(world) { Scheme = "DPoP", Token = owner.Token, Brain = World.Finance, Proofs = _ => [proof] }.Send(Messages.Modern);

        owner.Proofs = _ => [proof];

        Assert.Equal(Expect.Accepted, (await owner.Send(Messages.Modern)).Shape);
    }

    [Fact]
    public async Task Two_clients_may_choose_the_same_jti()
    {
        foreach (var client in new[] { world.NewClient(), world.NewClient() })
            Assert.Equal(Expect.Accepted, (await new Attempt(world) { Scheme = "DPoP", Client = client, ProofClaims = static claims => claims["jti"] = "the-same" }.Send(Messages.Modern)).Shape);
    }

    /// <summary>RFC 9700 §4.9.1: a resource server that collects tokens for itself.</summary>
    [Fact]
    public async Task A_token_for_another_resource_server_does_not_work_here()
    {
        foreach (var audience in new[] { "https://other.example/mcp", "https://other.example", "account", world.Issuer.Url })
            Assert.Equal(Expect.BadToken("wrong_audience"), (await new Attempt(world) { Audience = audience, Scope = Everything }.Send(Messages.Modern)).Shape);
    }

    /// <summary>MCP, Security Best Practices, "Confused deputy" and "Token passthrough": the server is where tokens end.</summary>
    [Fact]
    public async Task A_token_goes_nowhere_from_here()
    {
        foreach (var issuer in new[] { world.Issuer, world.Second, world.Stranger })
        {
            var attempt = new Attempt(world) { Issuer = issuer, Header = static header => header["kid"] = "unknown" };
            _ = await attempt.Send(Messages.Modern);
            _ = await new Attempt(world) { Issuer = issuer }.Send(Messages.Modern);

            Assert.Equal(0, issuer.Questions);
            Assert.DoesNotContain(issuer.Received, line => line.Contains("eyJ", StringComparison.Ordinal) || line.Contains("Authorization: ", StringComparison.Ordinal));
        }
    }

    /// <summary>RFC 9700 §4.4: a trusted issuer of another brain names itself the first one, or gives tokens for what is not its own.</summary>
    [Fact]
    public async Task One_issuer_cannot_speak_for_another_nor_for_another_brain()
    {
        var impostor = await new Attempt(world) { Issuer = world.Second, Claims = claims => claims["iss"] = world.Issuer.Url }.Send(Messages.Modern);
        var overreaching = await new Attempt(world) { Issuer = world.Second }.Send(Messages.Modern);
        var sameName = await new Attempt(world) { Issuer = world.Second, Brain = World.Finance, Subject = "bob" }.Send(Messages.Modern);

        Assert.Equal(Expect.BadToken("token_signature"), impostor.Shape);
        Assert.Equal(Expect.BadToken("brain_not_of_issuer"), overreaching.Shape);
        Assert.Equal(Expect.NotEntitled, sameName.Shape);
    }

    [Fact]
    public async Task A_scope_that_a_token_claims_for_itself_is_no_right()
    {
        var reading = new Attempt(world).Token;
        var rewritten = await new Attempt(world) { Token = Bends.RewriteClaims(reading, static claims => claims["scope"] = Everything), Tool = "remove_folder" }.Send(Messages.Modern);
        var beyondPolicy = await new Attempt(world) { Subject = "carol", Scope = Everything, Tool = "remove_folder" }.Send(Messages.Modern);
        var stranger = await new Attempt(world) { Subject = "mallory", Scope = Everything, Tool = "whoami" }.Send(Messages.Modern);

        Assert.Equal(Expect.BadToken("token_signature"), rewritten.Shape);
        Assert.Equal(Expect.NotEntitled, beyondPolicy.Shape);
        Assert.Equal(Expect.NotEntitled, stranger.Shape);
    }

    [Theory]
    [InlineData(World.Origin, "https://evil.example")]
    [InlineData("https://evil.example")]
    public async Task A_page_of_another_origin_gets_nothing_even_with_a_token(params string[] origins)
    {
        var reply = await RawHttp.Send(world.Brain.Port, $"POST /mcp HTTP/1.1\nHost: 127.0.0.1:{world.Brain.Port}\nContent-Type: application/json\nContent-Length: 0\nAuthorization: Bearer {new Attempt(world).Token}\n" + string.Concat(origins.Select(origin => $"Origin: {origin}\n")));

        Assert.Equal("403 origin_not_allowed", Reply.Of(reply).Shape);
    }

    [Fact]
    public async Task A_rebound_name_gets_nothing_even_with_a_token()
    {
        var reply = await RawHttp.Send(world.Brain.Port, $"POST /mcp HTTP/1.1\nHost: evil.example\nContent-Type: application/json\nContent-Length: 0\nAuthorization: Bearer {new Attempt(world).Token}\n");

        Assert.Equal("403 host_not_allowed", Reply.Of(reply).Shape);
    }

    /// <summary>RFC 6750 §5.3: what a token is must be in no log line, whatever becomes of it.</summary>
    [Fact]
    public async Task Neither_tokens_nor_proofs_are_logged()
    {
        var secrets = new List<string>();
        foreach (var scheme in new[] { "Bearer", "DPoP" })
        {
            foreach (var bend in new Func<string, string>?[] { null, Bends.BreakSignature, static token => token + ".x", static token => Bends.RewriteHeader(token, static header => header["alg"] = "none") })
            {
                var attempt = new Attempt(world) { Scheme = scheme, Rewrite = bend, Query = "?access_token=in-the-query-0123456789" };
                var proof = attempt.GoodProof();
                attempt.Proofs = _ => scheme == "DPoP" ? [proof] : [];
                _ = await attempt.Send(Messages.Modern);
                secrets.AddRange(attempt.Token.Split('.').Concat(proof.Split('.')).Where(static part => part.Length > 60));
            }
        }

        secrets.Add("in-the-query-0123456789");
        Assert.DoesNotContain(world.Brain.Log.Lines, line => secrets.Exists(secret => line.Contains(secret, StringComparison.Ordinal)));
    }
}

using AgentBrain.OAuth.Dpop;
using AgentBrain.OAuth.Replay;

namespace AgentBrain.OAuth.Tests.Dpop;

/// <summary>RFC 9449 §11.1: a proof is good once.</summary>
public sealed class ProofConsumptionTests
{
    [Fact]
    public async Task A_proof_is_good_once()
    {
        using var scene = new Scene();
        var proof = scene.Proof();

        Assert.NotNull((await scene.UseAsync(proof)).Proof);
        Assert.Equal(Reasons.ProofReplayed, (await scene.UseAsync(proof)).Reason);
    }

    [Fact]
    public async Task A_jti_belongs_to_a_key_and_not_to_a_spelling_of_the_target()
    {
        using var scene = new Scene();
        using var other = ProofMaker.Create("ES256");
        async Task<string?> Use(ProofMaker client, string target)
        {
            var claims = ProofMaker.Claims("POST", target, scene.Now, Scene.Token);
            claims["jti"] = "one";
            var outcome = scene.Validator.Check(scene.Request(client.Sign(client.Header(), claims)) with { KeyThumbprint = client.Thumbprint });
            return (await scene.Validator.ConsumeAsync(outcome.Proof!, Scene.Target, TestContext.Current.CancellationToken)).Reason;
        }

        Assert.Null(await Use(scene.Client, Scene.Target));
        Assert.Null(await Use(other, Scene.Target));
        Assert.Equal(Reasons.ProofReplayed, await Use(scene.Client, "HTTPS://BRAIN.example:443/%6dcp/"));
    }

    [Fact]
    public async Task Of_64_copies_at_once_one_is_accepted()
    {
        using var scene = new Scene(new DpopOptions { RatePerKey = 0 });
        for (var round = 0; round < 100; round++)
        {
            var proof = scene.Proof();
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => scene.UseAsync(proof))));

            Assert.Single(outcomes, outcome => outcome.Proof is not null);
            Assert.Equal(63, outcomes.Count(outcome => outcome.Reason == Reasons.ProofReplayed));
        }
    }

    [Theory]
    [InlineData(-300)]
    [InlineData(0)]
    [InlineData(60)]
    public async Task A_proof_is_remembered_for_as_long_as_a_server_with_a_clock_of_30_seconds_less_accepts_it(int seconds)
    {
        using var scene = new Scene();
        var proof = scene.Proof(claims: claims => claims["iat"] = scene.Now.AddSeconds(seconds).ToUnixTimeSeconds());
        var outcome = scene.Check(proof);
        Assert.NotNull((await scene.Validator.ConsumeAsync(outcome.Proof!, Scene.Target, TestContext.Current.CancellationToken)).Proof);

        scene.Time.Advance(TimeSpan.FromSeconds(300 + seconds + 30));

        Assert.Equal(Reasons.ProofReplayed, (await scene.Validator.ConsumeAsync(outcome.Proof!, Scene.Target, TestContext.Current.CancellationToken)).Reason);
    }

    [Fact]
    public async Task The_rate_of_a_key_is_limited_and_other_keys_are_not()
    {
        using var scene = new Scene(new DpopOptions { RatePerKey = 5 });
        using var other = ProofMaker.Create("ES256");
        for (var count = 0; count < 10; count++)
            Assert.Null((await scene.UseAsync(scene.Proof())).Reason);

        var refused = await scene.UseAsync(scene.Proof());
        var stranger = scene.Validator.Check(scene.Request(other.Sign(other.Header(), scene.Claims())) with { KeyThumbprint = null });

        Assert.Equal((Reasons.ProofRate, TimeSpan.FromMilliseconds(200)), (refused.Reason, refused.RetryAfter));
        Assert.Null((await scene.Validator.ConsumeAsync(stranger.Proof!, Scene.Target, TestContext.Current.CancellationToken)).Reason);
        scene.Time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Null((await scene.UseAsync(scene.Proof())).Reason);
    }

    [Fact]
    public async Task A_key_may_have_so_many_live_proofs_and_no_more()
    {
        using var scene = new Scene(new DpopOptions { LivePerKey = 3, RatePerKey = 0 });
        for (var count = 0; count < 3; count++)
            Assert.Null((await scene.UseAsync(scene.Proof())).Reason);

        var refused = await scene.UseAsync(scene.Proof());

        Assert.Equal((Reasons.ProofRate, true), (refused.Reason, refused.RetryAfter > TimeSpan.Zero));
    }

    [Fact]
    public async Task A_full_store_refuses_and_says_when_to_come_again()
    {
        using var scene = new Scene(new DpopOptions { Capacity = 2 });
        var first = scene.Proof();
        Assert.Null((await scene.UseAsync(first)).Reason);
        Assert.Null((await scene.UseAsync(scene.Proof())).Reason);

        var refused = await scene.UseAsync(scene.Proof());

        Assert.Equal((Reasons.ReplayStoreFull, true), (refused.Reason, refused.RetryAfter > TimeSpan.Zero));
        Assert.Equal(Reasons.ProofReplayed, (await scene.UseAsync(first)).Reason);
    }

    [Fact]
    public async Task A_store_that_fails_grants_nothing_and_throws_nothing()
    {
        using var scene = new Scene(store: new Broken());

        var refused = await scene.UseAsync(scene.Proof());

        Assert.Equal((Reasons.ReplayStoreUnavailable, TimeSpan.FromSeconds(1)), (refused.Reason, refused.RetryAfter));
        Assert.Equal(0, scene.Validator.Keys.Count);
    }

    [Theory]
    [InlineData(-300)]
    [InlineData(0)]
    [InlineData(60)]
    public async Task What_was_accepted_before_a_restart_is_not_accepted_after_it_whatever_the_clients_clock(int clock)
    {
        using var before = new Scene();
        var proof = before.Proof(claims: claims => claims["iat"] = before.Now.AddSeconds(clock).ToUnixTimeSeconds());
        Assert.Null((await before.UseAsync(proof)).Reason);

        var (after, nonces) = Restart(before);
        using (after)
        {
            for (var second = 0; second <= 360; second++, before.Time.Advance(TimeSpan.FromSeconds(1)))
            {
                var outcome = await UseAsync(after, before.Request(proof));
                Assert.Null(outcome.Proof);
                Assert.Contains(outcome.Reason, new[] { Reasons.ProofNonce, Reasons.ProofTime });
            }
        }

        Assert.NotNull(nonces.Issue(Scene.Target));
    }

    [Fact]
    public async Task After_a_restart_a_proof_with_a_nonce_of_the_new_store_is_accepted_and_one_with_an_older_nonce_is_not()
    {
        using var before = new Scene();
        var old = before.Nonces.Issue(Scene.Target);
        var (after, _) = Restart(before);
        using (after)
        {
            var refused = await UseAsync(after, before.Request(before.Proof()));
            Assert.Equal(Reasons.ProofNonce, refused.Reason);
            Assert.Equal(Reasons.ProofNonce, (await UseAsync(after, before.Request(before.Proof(nonce: old)))).Reason);

            var proof = before.Request(before.Proof(nonce: refused.Nonce));
            Assert.Null((await UseAsync(after, proof)).Reason);
            Assert.Equal(Reasons.ProofReplayed, (await UseAsync(after, proof)).Reason);
        }
    }

    [Fact]
    public async Task Once_nothing_from_before_the_restart_could_be_accepted_proofs_need_no_nonce()
    {
        using var before = new Scene();
        var (after, _) = Restart(before);
        using (after)
        {
            before.Time.Advance(TimeSpan.FromSeconds(90));
            Assert.Equal(Reasons.ProofNonce, (await UseAsync(after, before.Request(before.Proof()))).Reason);
            before.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Null((await UseAsync(after, before.Request(before.Proof()))).Reason);
        }
    }

    private static (ProofValidator Validator, NonceSource Nonces) Restart(Scene scene)
    {
        var store = new MemoryReplayStore(scene.Time, 100, 0);
        var nonces = new NonceSource(store, scene.Time);
        return (new ProofValidator(scene.Options, store, nonces, scene.Time), nonces);
    }

    private static async Task<ProofOutcome> UseAsync(ProofValidator validator, ProofRequest request)
    {
        var outcome = validator.Check(request);
        return outcome.Proof is null ? outcome : await validator.ConsumeAsync(outcome.Proof, Scene.Target, TestContext.Current.CancellationToken);
    }

    private sealed class Broken : IReplayStore
    {
        public ReplayEpoch? Current => null;

        public ValueTask<ReplayResult> AddAsync(ReplayEntry entry, CancellationToken cancellationToken) => throw new InvalidOperationException("broken");

        public ValueTask<bool> RefreshAsync(CancellationToken cancellationToken) => new(false);
    }
}

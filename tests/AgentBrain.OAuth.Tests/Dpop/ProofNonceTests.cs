using AgentBrain.OAuth.Dpop;
using AgentBrain.OAuth.Replay;

namespace AgentBrain.OAuth.Tests.Dpop;

/// <summary>RFC 9449 §4.3, number 10, and §9.</summary>
public sealed class ProofNonceTests
{
    [Fact]
    public void A_nonce_of_ours_is_accepted_whether_demanded_or_not()
    {
        foreach (var required in new[] { true, false })
        {
            using var scene = new Scene(new DpopOptions { NonceRequired = required });
            var nonce = scene.Nonces.Issue(Scene.Target)!;

            Assert.Equal(nonce, scene.Check(scene.Proof(nonce: nonce)).Proof?.Nonce);
        }
    }

    [Fact]
    public void Where_nonces_are_demanded_a_proof_without_one_gets_one()
    {
        using var scene = new Scene(new DpopOptions { NonceRequired = true });

        var refused = scene.Check(scene.Proof());

        Assert.Equal(Reasons.ProofNonce, refused.Reason);
        Assert.Null(scene.Check(scene.Proof(nonce: refused.Nonce)).Reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("wrong")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA")]
    public void A_nonce_that_is_not_ours_is_refused_even_where_none_is_demanded(string nonce)
    {
        using var scene = new Scene();

        var refused = scene.Check(scene.Proof(nonce: nonce));

        Assert.Equal((Reasons.ProofNonce, scene.Nonces.Issue(Scene.Target)), (refused.Reason, refused.Nonce));
    }

    [Fact]
    public void A_stale_nonce_gets_a_fresh_one()
    {
        using var scene = new Scene();
        var nonce = scene.Nonces.Issue(Scene.Target);
        scene.Time.Advance(TimeSpan.FromSeconds(180));

        var refused = scene.Check(scene.Proof(nonce: nonce));

        Assert.Equal(Reasons.ProofNonce, refused.Reason);
        Assert.NotEqual(nonce, refused.Nonce);
    }

    [Fact]
    public void A_nonce_is_for_the_resource_that_it_was_given_for()
    {
        using var scene = new Scene();
        var proof = scene.Proof(nonce: scene.Nonces.Issue("brain-b"));

        Assert.Equal(Reasons.ProofNonce, scene.Check(proof).Reason);
        Assert.Null(scene.Validator.Check(scene.Request(proof) with { Resource = "brain-b" }).Reason);
    }

    [Fact]
    public void Nobody_but_the_keys_owner_gets_a_nonce()
    {
        using var scene = new Scene(new DpopOptions { NonceRequired = true });
        var proof = scene.Proof();

        var refused = scene.Check(proof[..proof.LastIndexOf('.')] + scene.Proof()[proof.LastIndexOf('.')..]);

        Assert.Equal((Reasons.ProofSignature, null), (refused.Reason, refused.Nonce));
    }

    [Fact]
    public async Task Section_8_a_stale_nonce_does_not_spend_the_jti()
    {
        using var scene = new Scene();

        Assert.Equal(Reasons.ProofNonce, (await scene.UseAsync(scene.Proof(claims: claims => claims["jti"] = "x", nonce: "stale"))).Reason);
        Assert.Null((await scene.UseAsync(scene.Proof(claims: claims => claims["jti"] = "x"))).Reason);
    }

    [Fact]
    public async Task A_nonce_of_an_epoch_that_another_server_learned_first_is_found_right_after_asking()
    {
        var store = new TwoEpochs();
        using var scene = new Scene(store: store);
        store.Advance();
        var nonce = scene.Nonces.Issue(Scene.Target);
        store.Back();

        var proof = scene.Proof(nonce: nonce);

        Assert.Equal(Reasons.ProofNonce, scene.Check(proof).Reason);
        Assert.Null((await scene.Validator.CheckAsync(scene.Request(proof), TestContext.Current.CancellationToken)).Reason);
        Assert.Equal(1, store.Refreshes);
        Assert.Null((await scene.Validator.CheckAsync(scene.Request(proof), TestContext.Current.CancellationToken)).Reason);
        Assert.Equal(1, store.Refreshes);
    }

    [Fact]
    public async Task Without_an_epoch_a_nonce_cannot_be_judged_and_a_proof_without_one_can()
    {
        var store = new TwoEpochs { Known = false };
        using var scene = new Scene(store: store);

        var refused = await scene.Validator.CheckAsync(scene.Request(scene.Proof(nonce: "AAAAAAAAAAAAAAAAAAAAAA")), TestContext.Current.CancellationToken);

        Assert.Equal((Reasons.ReplayStoreUnavailable, TimeSpan.FromSeconds(1)), (refused.Reason, refused.RetryAfter));
        Assert.Null(scene.Check(scene.Proof()).Reason);
    }

    private sealed class TwoEpochs : IReplayStore
    {
        private static readonly ReplayEpoch[] Epochs = [ReplayEpoch.Begin(DateTimeOffset.UnixEpoch), ReplayEpoch.Begin(DateTimeOffset.UnixEpoch)];
        private int _at;

        public bool Known { get; init; } = true;

        public int Refreshes { get; private set; }

        public ReplayEpoch? Current => Known ? Epochs[_at] : null;

        public void Advance() => _at = 1;

        public void Back() => _at = 0;

        public ValueTask<ReplayResult> AddAsync(ReplayEntry entry, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<bool> RefreshAsync(CancellationToken cancellationToken)
        {
            Refreshes++;
            _at = 1;
            return new(true);
        }
    }
}

using System.Security.Cryptography;
using AgentBrain.OAuth.Dpop;

namespace AgentBrain.OAuth.Tests.Dpop;

public sealed class ProofKeyCacheTests
{
    private static readonly ProofAlgorithm Es256 = ProofAlgorithm.Select(["ES256"])["ES256"];
    private static readonly byte[] Data = [1, 2, 3];

    [Fact]
    public async Task A_key_is_kept_once_its_proof_was_spent_and_serves_the_next()
    {
        using var scene = new Scene();
        var check = scene.Check(scene.Proof());
        Assert.Equal(0, scene.Validator.Keys.Count);

        await scene.Validator.ConsumeAsync(check.Proof!, Scene.Target, TestContext.Current.CancellationToken);

        Assert.Equal(1, scene.Validator.Keys.Count);
        Assert.Same(check.Proof!.Key, scene.Check(scene.Proof()).Proof!.Key);
    }

    [Fact]
    public async Task A_replayed_proof_keeps_no_key()
    {
        using var scene = new Scene();
        using var other = new ProofValidator(scene.Options, scene.Store, scene.Nonces, scene.Time);
        var request = scene.Request(scene.Proof());
        await scene.Validator.ConsumeAsync(scene.Validator.Check(request).Proof!, Scene.Target, TestContext.Current.CancellationToken);

        Assert.Equal(Reasons.ProofReplayed, (await other.ConsumeAsync(other.Check(request).Proof!, Scene.Target, TestContext.Current.CancellationToken)).Reason);
        Assert.Equal(0, other.Keys.Count);
    }

    [Fact]
    public async Task A_kept_key_does_not_vouch_for_another_signature()
    {
        using var scene = new Scene();
        await scene.UseAsync(scene.Proof());
        var proof = scene.Proof();

        Assert.Equal(Reasons.ProofSignature, scene.Check(proof[..proof.LastIndexOf('.')] + scene.Proof()[proof.LastIndexOf('.')..]).Reason);
        Assert.Equal(1, scene.Validator.Keys.Count);
    }

    [Fact]
    public void The_key_that_was_not_used_for_longest_goes_first_and_is_disposed()
    {
        using var cache = new ProofKeyCache(2);
        var (a, b, c) = (Key("a"), Key("b"), Key("c"));
        cache.Keep(a);
        cache.Keep(b);
        Assert.True(cache.TryFind("a", "ES256", out _));
        cache.Keep(c);

        Assert.Equal(2, cache.Count);
        Assert.False(cache.TryFind("b", "ES256", out _));
        Assert.Null(b.Verify(Data, new byte[64]));
        Assert.False(a.Verify(Data, new byte[64]));
        Assert.False(c.Verify(Data, new byte[64]));
    }

    [Fact]
    public void Of_two_that_are_the_same_the_first_is_kept_and_keeping_it_again_does_not_hurt_it()
    {
        using var cache = new ProofKeyCache(2);
        var (first, second) = (Key("a"), Key("a"));
        cache.Keep(first);
        cache.Keep(second);
        cache.Keep(first);

        Assert.Equal(1, cache.Count);
        Assert.False(first.Verify(Data, new byte[64]));
        Assert.Null(second.Verify(Data, new byte[64]));
    }

    [Fact]
    public void A_key_is_found_under_its_own_algorithm_only()
    {
        using var cache = new ProofKeyCache(2);
        cache.Keep(Key("a"));

        Assert.False(cache.TryFind("a", "ES384", out _));
    }

    [Fact]
    public async Task Keys_that_go_while_they_are_used_cost_an_import_and_no_error()
    {
        using var scene = new Scene(new DpopOptions { RatePerKey = 0 });
        await scene.UseAsync(scene.Proof());
        var done = 0;
        var evict = Task.Run(() =>
        {
            while (Volatile.Read(ref done) == 0)
            {
                if (scene.Validator.Keys.TryFind(scene.Client.Thumbprint, "ES256", out var key))
                    key.Dispose();
            }
        });

        try
        {
            for (var count = 0; count < 300; count++)
                Assert.Null(scene.Check(scene.Proof()).Reason);
        }
        finally
        {
            Volatile.Write(ref done, 1);
            await evict;
        }
    }

    private static ProofKey Key(string thumbprint) => new(thumbprint, Es256, ECDsa.Create(ECCurve.NamedCurves.nistP256));
}

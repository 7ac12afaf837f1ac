using AgentBrain.OAuth.Issuers;
using AgentBrain.OAuth.Tests.Issuers;
using AgentBrain.OAuth.Tokens;

namespace AgentBrain.OAuth.Tests.Tokens;

public sealed class CacheAndKeysTests
{
    [Fact]
    public async Task A_key_that_is_withdrawn_takes_the_remembered_tokens_with_it()
    {
        var clock = Claims.Clock();
        Signer stolen = Signer.Ec("stolen"), next = Signer.Ec("next");
        using var fake = new FakeIssuer(stolen, next);
        var issuers = new TrustedIssuers([Verifier.Trust(fake, null, clock)]);
        var verifier = new Verifier(issuers);
        var cache = new AccessTokenCache(clock);
        await Assert.IsType<IssuerKeys>(issuers.All.Single().Keys).WarmAsync(TestContext.Current.CancellationToken);
        var text = stolen.Sign(Claims.Good());

        var version = issuers.Version;
        cache.Add(Claims.Resource, version, text, (await verifier.JudgeAsync(text)).Token!);
        Assert.True(cache.TryGet(Claims.Resource, issuers.Version, text, out _));

        fake.Keys = [next];
        Assert.Equal(Reasons.UnknownKey, (await verifier.JudgeAsync(next.Sign(Claims.Good(), header => header["kid"] = "unknown"))).Reason);

        Assert.False(cache.TryGet(Claims.Resource, issuers.Version, text, out _));
        Assert.Equal(Reasons.UnknownKey, (await verifier.JudgeAsync(text)).Reason);

        // A request that had begun before, and ends now, brings nothing back.
        cache.Add(Claims.Resource, version, text, (await verifier.JudgeAsync(next.Sign(Claims.Good()))).Token!);
        Assert.False(cache.TryGet(Claims.Resource, issuers.Version, text, out _));
    }
}

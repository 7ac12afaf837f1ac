using AgentBrain.OAuth.Issuers;
using AgentBrain.OAuth.Tests.Introspection;
using AgentBrain.OAuth.Tests.Tokens;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.OAuth.Tests.Issuers;

public sealed class TrustedIssuersTests : IDisposable
{
    private readonly FakeTimeProvider _clock = Claims.Clock();
    private readonly FakeIssuer _fake = new(Signer.Ec("first"));

    public void Dispose() => _fake.Dispose();

    [Fact]
    public void An_issuer_is_found_by_exactly_its_name()
    {
        var issuers = new TrustedIssuers([Signing("https://a.example"), Signing("https://b.example")]);

        Assert.Equal("https://a.example", issuers.Find("https://a.example")?.Settings.Issuer);
        Assert.Null(issuers.Find("https://a.example/"));
        Assert.Null(issuers.Find("https://A.example"));
        Assert.Null(issuers.Find(null));
        Assert.Equal(2, issuers.All.Count());
    }

    [Fact]
    public void Two_issuers_have_two_names() => Assert.Throws<ArgumentException>(() => new TrustedIssuers([Signing("https://a.example"), Asked("https://a.example")]));

    [Fact]
    public void Opaque_tokens_are_shown_to_the_only_issuer_that_can_be_asked_and_to_none_if_there_are_two()
    {
        Assert.Null(new TrustedIssuers([Signing("https://a.example")]).OfOpaqueTokens);
        Assert.Equal("https://b.example", new TrustedIssuers([Signing("https://a.example"), Asked("https://b.example")]).OfOpaqueTokens?.Settings.Issuer);
        Assert.Null(new TrustedIssuers([Asked("https://a.example"), Asked("https://b.example")]).OfOpaqueTokens);
    }

    [Fact]
    public async Task The_version_changes_with_the_keys_of_any_issuer()
    {
        var issuers = new TrustedIssuers([Signing(Claims.Issuer), Signing("https://b.example"), Asked("https://c.example")]);
        Assert.Equal(0, issuers.Version);

        foreach (var keys in issuers.All.Select(issuer => issuer.Keys).OfType<IssuerKeys>())
            await keys.WarmAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, issuers.Version);
        _fake.Keys = [Signer.Ec("second")];
        _clock.Advance(IssuerKeys.RefreshInterval);
        await Assert.IsType<IssuerKeys>(issuers.Find("https://b.example")!.Keys).RefreshAsync(TestContext.Current.CancellationToken);
        Assert.Equal(3, issuers.Version);
    }

    private TrustedIssuer Signing(string name) =>
        Verifier.Trust(_fake, Claims.Settings with { Issuer = name, JwksUri = new Uri("https://issuer.example" + FakeIssuer.JwksPath) }, _clock);

    private TrustedIssuer Asked(string name) => new(Claims.Settings with { Issuer = name }, _clock, new FakeIntrospection().Client(_clock));
}

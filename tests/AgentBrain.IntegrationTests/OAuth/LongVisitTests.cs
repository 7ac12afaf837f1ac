namespace AgentBrain.IntegrationTests.OAuth;

/// <summary>
/// Visits that outlive a token with the tolerance between clocks, and the time after its start in which a server wants nonces
/// whatever its settings, since it cannot know what it saw before (90 s). They take longer than both, and run beside the others.
/// </summary>
public sealed class LongVisitTests(OAuthVisits visits) : IClassFixture<OAuthVisits>
{
    private static readonly TimeSpan TokenLife = TimeSpan.FromSeconds(65);

    [Fact]
    public async Task A_client_whose_token_has_expired_refreshes_it_without_its_user()
    {
        var (free, strict) = await VisitAsync();
        free.AssertRefreshed();
        strict.AssertRefreshed();
    }

    [Fact]
    public async Task A_right_proof_without_a_nonce_will_do_unless_nonces_are_required()
    {
        var (free, strict) = await VisitAsync();
        Assert.Equal(200, free.WithoutNonce!.Status);
        Assert.Equal(401, strict.WithoutNonce!.Status);
        Assert.Contains("error=\"use_dpop_nonce\"", strict.WithoutNonce.Challenge, StringComparison.Ordinal);
        Assert.NotNull(strict.WithoutNonce.Nonce);
    }

    private async Task<(OAuthReport Free, OAuthReport Strict)> VisitAsync()
    {
        var free = visits.MakeAsync("next-dpop", new OAuthSetup { TokenLife = TokenLife }, "--expire");
        var strict = visits.MakeAsync("next-dpop", new OAuthSetup { TokenLife = TokenLife, Opaque = true, NonceRequired = true }, "--expire");
        return ((await free).Report, (await strict).Report);
    }
}

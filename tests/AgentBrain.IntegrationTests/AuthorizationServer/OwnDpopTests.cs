using AgentBrain.IntegrationTests.OAuth;

namespace AgentBrain.IntegrationTests.AuthorizationServer;

/// <summary>The DPoP of <c>@modelcontextprotocol/client</c> at the server's own token endpoint, and at the resource (RFC 9449).</summary>
public sealed class OwnDpopTests(OwnVisits visits) : IClassFixture<OwnVisits>
{
    [Theory]
    [InlineData("allowed", false)]
    [InlineData("required", true)]
    public async Task Every_token_request_and_every_call_carries_a_fresh_proof(string dpop, bool nonce)
    {
        var report = await VisitAsync(dpop, nonce);
        Assert.All(report.Grants, grant => Assert.NotNull(grant.Proof));
        Assert.All(report.Issued, token => Assert.Equal("DPoP", token.Type));
        Assert.Distinct(report.Grants.Concat(report.Calls.Skip(1)).Select(exchange => exchange.Proof!.Id));
    }

    [Fact]
    public async Task A_server_that_wants_a_nonce_gives_one_at_the_token_endpoint_and_takes_the_same_code_again()
    {
        var grants = (await VisitAsync("required", nonce: true)).Grants;
        Assert.Equal((400, true), (grants[0].Status, grants[0].Nonce is not null));
        Assert.Null(grants[0].Proof!.Nonce);
        Assert.Equal((200, grants[0].Nonce), (grants[1].Status, grants[1].Proof!.Nonce));
    }

    [Theory]
    [InlineData("allowed", false)]
    [InlineData("required", true)]
    public async Task Who_has_read_a_call_cannot_make_another(string dpop, bool nonce)
    {
        var thefts = (await VisitAsync(dpop, nonce)).Thefts;
        Assert.All([thefts.Again, thefts.AsBearer, thefts.WithoutProof, thefts.WithOwnKey], answer => Assert.Equal(401, answer.Status));
    }

    private async Task<OAuthReport> VisitAsync(string dpop, bool nonce) =>
        (await visits.MakeAsync("next-dpop", Registration.Dynamic, new OwnSetup { Dpop = dpop, NonceRequired = nonce })).Report;
}

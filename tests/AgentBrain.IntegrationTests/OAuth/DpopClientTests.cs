namespace AgentBrain.IntegrationTests.OAuth;

/// <summary>The DPoP of <c>@modelcontextprotocol/client</c> (RFC 9449), nonces included, and what a thief of its calls can do with them.</summary>
public sealed class DpopClientTests(OAuthVisits visits) : IClassFixture<OAuthVisits>
{
    private const string WithDpop = "next-dpop";

    [Theory]
    [InlineData("allowed", false, false)]
    [InlineData("required", false, false)]
    [InlineData("required", true, false)]
    [InlineData("allowed", false, true)]
    [InlineData("required", true, true)]
    public async Task Every_call_carries_a_bound_token_and_a_fresh_proof_for_that_call(string dpop, bool opaque, bool nonce)
    {
        var visit = await VisitAsync(dpop, opaque, nonce);
        Assert.All(visit.Report.Issued, token => Assert.Equal("DPoP", token.Type));
        var (first, others) = (visit.Report.Calls[0], visit.Report.Calls.Skip(1).ToList());
        Assert.Equal((401, null, null), (first.Status, first.Scheme, first.Proof));
        Assert.All(others, call => Assert.Equal(("DPoP", call.Method, visit.Endpoint), (call.Scheme, call.Proof!.Method, call.Proof.Url)));
        Assert.Distinct(others.Select(call => call.Proof!.Id));
    }

    [Theory]
    [InlineData("allowed", false)]
    [InlineData("required", true)]
    public async Task A_server_that_wants_a_nonce_is_asked_again_once_and_gets_one_from_then_on(string dpop, bool opaque)
    {
        var report = (await VisitAsync(dpop, opaque, nonce: true)).Report;
        var asked = Assert.Single(report.Calls, call => call.Challenge?.Contains("use_dpop_nonce", StringComparison.Ordinal) is true);
        Assert.Equal((401, true), (asked.Status, asked.Nonce is not null));
        Assert.Null(asked.Proof!.Nonce);
        var later = report.Calls.SkipWhile(call => call != asked).Skip(1).ToList();
        Assert.NotEmpty(later);
        Assert.All(later, call => Assert.NotNull(call.Proof!.Nonce));
        Assert.Equal(asked.Nonce, later[0].Proof!.Nonce);
    }

    [Theory]
    [InlineData("allowed", false, false)]
    [InlineData("required", false, false)]
    [InlineData("required", true, false)]
    [InlineData("allowed", false, true)]
    [InlineData("required", true, true)]
    public async Task Who_has_read_a_call_cannot_make_another(string dpop, bool opaque, bool nonce)
    {
        var thefts = (await VisitAsync(dpop, opaque, nonce)).Report.Thefts;
        AssertRefused(thefts.Again, "DPoP", "invalid_dpop_proof");
        AssertRefused(thefts.AsBearer, "Bearer", "invalid_token");
        AssertRefused(thefts.WithoutProof, "DPoP", "invalid_dpop_proof");
        AssertRefused(thefts.WithOwnKey, "DPoP", "invalid_dpop_proof");
    }

    private Task<OAuthVisit> VisitAsync(string dpop, bool opaque, bool nonce) =>
        visits.MakeAsync(WithDpop, new OAuthSetup { Dpop = dpop, Opaque = opaque, NonceRequired = nonce });

    /// <summary>The error stands in the challenge of the scheme that was used, and in no other (RFC 6750 §3, RFC 9449 §7.1).</summary>
    private static void AssertRefused(ReportedAnswer answer, string scheme, string error)
    {
        Assert.Equal(401, answer.Status);
        var challenges = answer.Challenge!.Split(", DPoP ");
        Assert.Equal(2, challenges.Length);
        var (used, other) = scheme == "DPoP" ? (challenges[1], challenges[0]) : (challenges[0], challenges[1]);
        Assert.Contains($"error=\"{error}\"", used, StringComparison.Ordinal);
        Assert.DoesNotContain("error=", other, StringComparison.Ordinal);
    }
}

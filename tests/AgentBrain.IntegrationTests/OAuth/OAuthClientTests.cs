namespace AgentBrain.IntegrationTests.OAuth;

/// <summary>
/// The official JavaScript clients of both generations against the server in mode <c>oauth</c> and an authorization server of somebody
/// else. They are given the endpoint's URL and nothing more.
/// </summary>
public sealed class OAuthClientTests(OAuthVisits visits) : IClassFixture<OAuthVisits>
{
    private const string Read = "agent-brain:read";
    private const string ReadAndIndex = "agent-brain:read agent-brain:index";
    private const string ReadIndexAndSubscribe = "agent-brain:read agent-brain:index agent-brain:subscribe";
    private const string WithDpop = "next-dpop";
    private const string Plain = "next-plain";
    private const string Older = "sdk";

    [Theory]
    [InlineData(WithDpop, false)]
    [InlineData(WithDpop, true)]
    [InlineData(Plain, false)]
    [InlineData(Plain, true)]
    [InlineData(Older, false)]
    [InlineData(Older, true)]
    public async Task A_client_finds_its_way_from_the_url_to_a_tool(string way, bool opaque)
    {
        var visit = await visits.MakeAsync(way, new OAuthSetup { Opaque = opaque });
        var report = visit.Report;
        Assert.Equal(way == Older ? "2025-11-25" : "2026-07-28", report.Protocol);
        AssertDiscovery(visit);
        Assert.NotEmpty(report.Grants);
        Assert.All(report.Grants, grant => Assert.Equal(visit.Endpoint, grant.Resource));
        Assert.All(report.Issued, token => Assert.Equal(way == WithDpop ? "DPoP" : "Bearer", token.Type));
        Assert.Equal(1, report.Step("connect").Authorizations);
        Assert.All(["list", "query", "resource"], step => Assert.Equal((0, 0), (report.Step(step).Authorizations, report.Step(step).Refusals.Count)));
    }

    [Theory]
    [InlineData(WithDpop, false)]
    [InlineData(WithDpop, true)]
    [InlineData(Plain, false)]
    [InlineData(Plain, true)]
    public async Task A_refused_call_tells_the_client_the_union_of_scopes_and_is_answered_after_one_step_up(string way, bool opaque)
    {
        var report = (await visits.MakeAsync(way, new OAuthSetup { Opaque = opaque })).Report;
        Assert.Equal([Read, ReadAndIndex, ReadIndexAndSubscribe], report.AskedScopes);
        Assert.Equal([Read, ReadAndIndex, ReadIndexAndSubscribe, ReadIndexAndSubscribe], report.Issued.Select(token => token.Scope));
        Assert.All(["step-up", "listen"], step => Assert.Equal((1, 403), (report.Step(step).Authorizations, Assert.Single(report.Step(step).Refusals))));
        var challenges = report.Calls.Where(call => call.Status == 403).Select(call => call.Challenge).ToList();
        Assert.All(challenges, challenge => Assert.Contains("error=\"insufficient_scope\"", challenge, StringComparison.Ordinal));
        Assert.Contains($"scope=\"{ReadAndIndex}\"", challenges[0], StringComparison.Ordinal);
        Assert.Contains($"scope=\"{ReadIndexAndSubscribe}\"", challenges[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_older_sdk_refreshes_in_vain_gives_up_at_the_same_challenge_and_steps_up_once_its_refresh_token_is_gone(bool opaque)
    {
        var report = (await visits.MakeAsync(Older, new OAuthSetup { Opaque = opaque })).Report;
        Assert.Equal([403, 403, 403], report.Step("step-up").Refusals);
        Assert.Single(report.Calls.Where(call => call.Status == 403).Select(call => call.Challenge).Distinct());
        Assert.Equal([Read, ReadAndIndex], report.AskedScopes);
        Assert.Equal([Read, Read, ReadAndIndex, ReadAndIndex], report.Issued.Select(token => token.Scope));
    }

    [Theory]
    [InlineData(WithDpop, false)]
    [InlineData(WithDpop, true)]
    [InlineData(Plain, false)]
    [InlineData(Plain, true)]
    [InlineData(Older, false)]
    [InlineData(Older, true)]
    public async Task A_client_whose_token_is_no_longer_accepted_refreshes_it_without_its_user(string way, bool opaque) =>
        (await visits.MakeAsync(way, new OAuthSetup { Opaque = opaque })).Report.AssertRefreshed();

    [Theory]
    [InlineData(Plain)]
    [InlineData(Older)]
    public async Task Where_dpop_is_required_a_client_without_it_gets_no_further_than_a_401(string way) =>
        Assert.Contains("Error: connect, authorizations 1, last status 401: ", await visits.FailAsync(way, new OAuthSetup { Dpop = "required" }), StringComparison.Ordinal);

    [Theory]
    [InlineData(WithDpop)]
    [InlineData(Plain)]
    [InlineData(Older)]
    public async Task Who_has_a_good_token_but_no_access_is_refused_with_403_and_not_sent_to_authorize_again(string way) =>
        Assert.Contains(
            "Error: connect, authorizations 1, last status 403: ",
            await visits.FailAsync(way, new OAuthSetup(), "--account", "mallory"),
            StringComparison.Ordinal);

    private static void AssertDiscovery(OAuthVisit visit)
    {
        var metadata = new Uri(visit.Server, ".well-known/oauth-protected-resource/mcp").AbsoluteUri;
        Assert.All(visit.Report.Discovered, document => Assert.Equal(200, document.Status));
        Assert.Equal([metadata, $"{visit.Issuer}/.well-known/oauth-authorization-server"], visit.Report.Discovered.Select(document => document.Url).Distinct());
        var first = visit.Report.Calls[0];
        Assert.Equal(401, first.Status);
        Assert.StartsWith($"Bearer resource_metadata=\"{metadata}\", scope=\"{Read}\"", first.Challenge, StringComparison.Ordinal);
        Assert.DoesNotContain("error=", first.Challenge, StringComparison.Ordinal);
    }
}

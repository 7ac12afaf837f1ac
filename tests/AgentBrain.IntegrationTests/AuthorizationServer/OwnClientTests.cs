namespace AgentBrain.IntegrationTests.AuthorizationServer;

/// <summary>
/// The official JavaScript clients of both generations against the server alone: it is its own authorization server, and its owner signs
/// in and consents with a real browser. The clients are given the endpoint's URL, and nothing more unless they are known already.
/// </summary>
public sealed class OwnClientTests(OwnVisits visits) : IClassFixture<OwnVisits>
{
    private const string Read = "agent-brain:read";
    private const string ReadAndIndex = "agent-brain:read agent-brain:index";
    private const string ReadIndexAndSubscribe = "agent-brain:read agent-brain:index agent-brain:subscribe";
    private const string WithDpop = "next-dpop";
    private const string Plain = "next-plain";
    private const string Older = "sdk";

    public static TheoryData<string, Registration> All { get; } = new MatrixTheoryData<string, Registration>([WithDpop, Plain, Older], Enum.GetValues<Registration>());

    public static TheoryData<string, Registration> Newer { get; } = new MatrixTheoryData<string, Registration>([WithDpop, Plain], Enum.GetValues<Registration>());

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_client_finds_its_way_from_the_url_to_a_tool(string way, Registration registration)
    {
        var visit = await visits.MakeAsync(way, registration, new OwnSetup());
        var report = visit.Report;
        Assert.Equal(way == Older ? "2025-11-25" : "2026-07-28", report.Protocol);
        AssertDiscovery(visit);
        Assert.All(report.Grants, grant => Assert.Equal(visit.Endpoint, grant.Resource));
        Assert.All(report.Issued, token => Assert.Equal(way == WithDpop ? "DPoP" : "Bearer", token.Type));
        Assert.Equal(1, report.Step("connect").Authorizations);
        Assert.All(["list", "query", "resource"], step => Assert.Equal((0, 0), (report.Step(step).Authorizations, report.Step(step).Refusals.Count)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Its_id_is_what_its_registration_makes_it(string way, Registration registration)
    {
        var visit = await visits.MakeAsync(way, registration, new OwnSetup());
        Assert.Equal(registration == Registration.Document, visit.Report.ClientId == visit.Document.AbsoluteUri);
        Assert.Equal(registration == Registration.Document, visit.Fetches > 0);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task The_owner_is_asked_for_each_authorization_and_sees_who_asks_for_what(string way, Registration registration)
    {
        var report = (await visits.MakeAsync(way, registration, new OwnSetup())).Report;
        Assert.Empty(report.Problems);
        Assert.Equal(report.AskedScopes.Count, report.Consents.Count);
        Assert.All(report.Consents.Zip(report.AskedScopes), pair =>
        {
            Assert.NotNull(pair.First);
            Assert.Contains("integration test", pair.First.Text, StringComparison.Ordinal);
            Assert.Contains("127.0.0.1", pair.First.Text, StringComparison.Ordinal);
            Assert.Equal(pair.Second.Split(' ').Order(StringComparer.Ordinal), pair.First.Offered.Select(scope => $"agent-brain:{scope.Scope}").Order(StringComparer.Ordinal));
        });
    }

    [Theory]
    [MemberData(nameof(Newer))]
    public async Task A_refused_call_tells_the_client_the_union_of_scopes_and_is_answered_after_one_step_up(string way, Registration registration)
    {
        var report = (await visits.MakeAsync(way, registration, new OwnSetup())).Report;
        Assert.Equal([Read, ReadAndIndex, ReadIndexAndSubscribe], report.AskedScopes.Take(3));
        Assert.Equal([Read, ReadAndIndex, ReadIndexAndSubscribe, ReadIndexAndSubscribe], report.Issued.Select(token => token.Scope).Take(4));
        Assert.All(["step-up", "listen"], step => Assert.Equal((1, 403), (report.Step(step).Authorizations, Assert.Single(report.Step(step).Refusals))));
    }

    [Theory]
    [InlineData(Registration.Dynamic)]
    [InlineData(Registration.Document)]
    [InlineData(Registration.Command)]
    public async Task The_older_sdk_steps_up_once_its_refresh_token_is_gone(Registration registration)
    {
        var report = (await visits.MakeAsync(Older, registration, new OwnSetup())).Report;
        Assert.Equal([403, 403, 403], report.Step("step-up").Refusals);
        Assert.Equal([Read, ReadAndIndex], report.AskedScopes.Take(2));
        Assert.Equal([Read, Read, ReadAndIndex, ReadAndIndex], report.Issued.Select(token => token.Scope).Take(4));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_client_whose_token_is_no_longer_accepted_refreshes_it_without_its_user(string way, Registration registration)
    {
        var report = (await visits.MakeAsync(way, registration, new OwnSetup())).Report;
        Assert.Equal([401], report.Step("refresh").Refusals);
        Assert.Equal(0, report.Step("refresh").Authorizations);
        Assert.Contains(report.Grants, grant => (grant.Grant, grant.Status) == ("refresh_token", 200));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_grant_that_was_given_back_is_refused_at_once_and_cannot_be_refreshed_but_given_anew(string way, Registration registration)
    {
        var report = (await visits.MakeAsync(way, registration, new OwnSetup())).Report;
        Assert.Equal(200, report.Revoked);
        Assert.Equal([401], report.Step("revoked").Refusals);
        Assert.Equal(1, report.Step("revoked").Authorizations);
        Assert.Contains(report.Grants, grant => (grant.Grant, grant.Status) == ("refresh_token", 400));
        Assert.Equal(("authorization_code", 200), (report.Grants[^1].Grant, report.Grants[^1].Status));
    }

    private static void AssertDiscovery(OwnVisit visit)
    {
        var metadata = new Uri(visit.Server, ".well-known/oauth-protected-resource/mcp").AbsoluteUri;
        Assert.All(visit.Report.Discovered, document => Assert.Equal(200, document.Status));
        Assert.Equal([metadata, $"{visit.Issuer}/.well-known/oauth-authorization-server"], visit.Report.Discovered.Select(document => document.Url).Distinct());
        var first = visit.Report.Calls[0];
        Assert.Equal(401, first.Status);
        Assert.StartsWith($"Bearer resource_metadata=\"{metadata}\", scope=\"{Read}\"", first.Challenge, StringComparison.Ordinal);
    }
}

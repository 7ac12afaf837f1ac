using AgentBrain.OAuth.Revocation;
using AgentBrain.OAuth.Tokens;
using AgentBrain.Server.AuthorizationServer;
using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Grants;
using AgentBrain.Server.AuthorizationServer.State;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentBrain.Server.Tests.AuthorizationServer.Grants;

/// <summary>Grants are taken back at once and for good (SR-15).</summary>
public sealed class GrantStoreTests(GrantServer server) : GrantScene(server), IClassFixture<GrantServer>
{
    [Fact]
    public async Task Tokens_of_a_revoked_grant_are_refused_at_once()
    {
        var answer = await RedeemAsync(await AgreeAsync());
        var other = await RedeemAsync(await AgreeAsync());
        Assert.Equal((200, 200), (await CallAsync(answer), await CallAsync(other)));

        Assert.True(await Grants.RevokeAsync(answer.Claim("sid")!, ActivityKinds.GrantRevoked, "192.0.2.1"));

        Assert.Equal((401, 200), (await CallAsync(answer), await CallAsync(other)));
        Assert.Equal("invalid_grant", (await RefreshAsync(answer.RefreshToken)).Error);
        Assert.Equal(200, (await RefreshAsync(other.RefreshToken)).Status);
        Assert.Equal(("192.0.2.1", "owner"), Assert.Single(await ActivitiesAsync(ActivityKinds.GrantRevoked)) is var row ? (row.AddressPrefix, row.Subject) : default);
    }

    [Fact]
    public async Task Streams_of_a_revoked_grant_end()
    {
        var answer = await RedeemAsync(await AgreeAsync(scopes: ScopeSet.All));
        using var client = Brain.NewClient(answer.Field("access_token"));
        var session = await Brain.Initialize(client);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/mcp");
        TestBrain.Complete(request, session, Messages.Legacy);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.True(response.IsSuccessStatusCode);
        await using var stream = await response.Content.ReadAsStreamAsync();

        await Grants.RevokeAsync(answer.Claim("sid")!, ActivityKinds.GrantRevoked, null);

        // The test's clock stands still: what ends it is the revocation, not a timer.
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await stream.CopyToAsync(Stream.Null, soon.Token);
    }

    [Fact]
    public async Task What_is_revoked_or_unknown_is_not_revoked_again()
    {
        var (_, grantId) = await StartGrantAsync();

        Assert.True(await Grants.RevokeAsync(grantId, ActivityKinds.GrantRevoked, null));
        Assert.False(await Grants.RevokeAsync(grantId, ActivityKinds.OwnerReset, null));
        Assert.False(await Grants.RevokeAsync("unknown", ActivityKinds.OwnerReset, null));
        Assert.Equal(ActivityKinds.GrantRevoked, (await GrantAsync(grantId)).RevokedReason);
        Assert.Single(await ActivitiesAsync(ActivityKinds.GrantRevoked));
    }

    [Fact]
    public async Task A_client_loses_its_grants_its_consent_and_its_open_requests_and_others_do_not()
    {
        var (mine, others) = (await StartGrantAsync(), await StartGrantAsync(OtherClient));
        var code = await AgreeAsync();
        foreach (var client in new[] { Client, OtherClient })
            await AddConsentAndRequestAsync(client);

        Assert.Equal(2, await Grants.RevokeClientAsync(Client, ActivityKinds.ClientChanged, null));

        Assert.Equal("invalid_grant", (await RefreshAsync(mine.Refresh)).Error);
        Assert.Equal("invalid_grant", (await RedeemAsync(code)).Error);
        Assert.True(IsRevoked(mine.GrantId));
        Assert.Equal(200, (await RefreshAsync(others.Refresh, OtherClient)).Status);
        Assert.Equal([OtherClient], await Store.ReadAsync(context => context.Consents.Select(consent => consent.ClientId).ToListAsync()));
        Assert.Equal([OtherClient], await Store.ReadAsync(context => context.Interactions.Select(interaction => interaction.ClientId).ToListAsync()));
    }

    [Fact]
    public async Task All_grants_can_be_revoked()
    {
        var (one, two) = (await StartGrantAsync(), await StartGrantAsync(OtherClient));

        Assert.Equal(2, await Grants.RevokeAllAsync(ActivityKinds.OwnerReset, null));
        Assert.Equal((true, true), (IsRevoked(one.GrantId), IsRevoked(two.GrantId)));
        Assert.Equal(0, await Grants.RevokeAllAsync(ActivityKinds.OwnerReset, null));
    }

    [Fact]
    public async Task A_refresh_token_tells_its_grant_without_being_consumed()
    {
        var (token, grantId) = await StartGrantAsync();
        Assert.Equal((grantId, true), await Grants.FindGrantByRefreshTokenAsync(token) is { } found ? (found.Grant.Id, found.IsActive) : default);

        var next = (await RefreshAsync(token)).RefreshToken;
        Assert.Equal((grantId, false), await Grants.FindGrantByRefreshTokenAsync(token) is { } redeemed ? (redeemed.Grant.Id, redeemed.IsActive) : default);
        Assert.Equal(Time.GetUtcNow() + TimeSpan.FromDays(30), (await Grants.FindGrantByRefreshTokenAsync(next))!.ExpiresAt, TimeSpan.FromMilliseconds(1));

        Time.Advance(TimeSpan.FromDays(30));
        Assert.False((await Grants.FindGrantByRefreshTokenAsync(next))!.IsActive);
        Assert.Null(await Grants.FindGrantByRefreshTokenAsync("unknown"));
        Assert.Null(await Grants.FindGrantByRefreshTokenAsync(RefreshSecret.Create().Text));
        Assert.Null((await GrantAsync(grantId)).RevokedAt);
    }

    [Fact]
    public async Task What_was_revoked_in_an_earlier_run_is_refused_from_the_first_request_on()
    {
        var (_, grantId) = await StartGrantAsync();
        var (_, old) = await StartGrantAsync();
        var (_, living) = await StartGrantAsync();
        var (_, earlier) = await StartGrantAsync();
        await Grants.RevokeAsync(old, ActivityKinds.GrantRevoked, null);
        Time.Advance(Revocations.Kept);
        await Grants.RevokeAsync(grantId, ActivityKinds.GrantRevoked, null);
        await Store.WriteAsync(context => context.Grants.Where(grant => grant.Id == earlier).ExecuteUpdateAsync(set => set.SetProperty(grant => grant.Epoch, 0)));

        var (revocations, mirror) = Mirror(100);
        await Store.ReadAsync(context =>
        {
            mirror.Load(context);
            return Task.FromResult(true);
        });

        // Those of a day ago matter no more: no token of theirs lives.
        Assert.Equal((true, false, false, true), (IsIn(revocations, grantId), IsIn(revocations, old), IsIn(revocations, living), IsIn(revocations, earlier)));
    }

    /// <summary>Where there is no room to name what is revoked, everything from before is refused rather than anything let through.</summary>
    [Fact]
    public async Task When_no_more_revocations_fit_all_earlier_tokens_are_refused()
    {
        var (_, one) = await StartGrantAsync();
        var (_, two) = await StartGrantAsync();
        var (_, living) = await StartGrantAsync();
        var (revocations, mirror) = Mirror(1);
        var changes = 0;
        revocations.Changed += (_, _) => changes++;

        Time.Advance(TimeSpan.FromSeconds(2));
        mirror.Publish([one, two], Time.GetUtcNow());
        Assert.Equal(2, changes);
        Assert.Equal((true, true, true), (IsIn(revocations, one, -1), IsIn(revocations, two, -1), IsIn(revocations, living, -1)));
        Assert.Equal((true, false), (IsIn(revocations, one), IsIn(revocations, living)));
        mirror.Publish([two], Time.GetUtcNow());
        Assert.Equal(2, changes);
    }

    private (Revocations Revocations, GrantMirror Mirror) Mirror(int capacity)
    {
        var revocations = new Revocations(Time) { Capacity = capacity };
        var services = Brain.Services;
        return (revocations, new GrantMirror(revocations, services.GetRequiredService<StateFacts>(), services.GetRequiredService<AuthorizationServerSettings>(), Time, NullLogger<GrantMirror>.Instance));
    }

    private bool IsIn(Revocations revocations, string grantId, int issuedAgo = 0) => revocations.IsRevoked(new AccessToken
    {
        Issuer = $"http://127.0.0.1:{Brain.Port}",
        Subject = "owner",
        ClientId = Client,
        Audiences = [],
        Scopes = ScopeSet.Read,
        SessionId = grantId,
        IssuedAt = Time.GetUtcNow() + TimeSpan.FromSeconds(issuedAgo),
        ExpiresAt = Time.GetUtcNow() + TimeSpan.FromMinutes(15),
    });

    private Task AddConsentAndRequestAsync(string client) => Store.WriteAsync(context =>
    {
        context.Consents.Add(new ConsentRecord { Id = client, Subject = "owner", ClientId = client, MetadataDigest = "digest", RedirectKind = "loopback", Resource = Resource });
        context.Interactions.Add(new InteractionRecord
        {
            IdDigest = client,
            SessionId = "session",
            ClientId = client,
            MetadataDigest = "digest",
            RedirectUri = Redirect,
            Resource = Resource,
            CodeChallenge = "challenge",
            ExpiresAt = Time.GetUtcNow() + TimeSpan.FromMinutes(10),
        });
        return Task.CompletedTask;
    });
}

using System.Text.Json.Nodes;
using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.Tests.Authorization.OAuth;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.Tests.AuthorizationServer.Endpoints;

/// <summary>Asking about tokens (RFC 7662) and giving them back (RFC 7009).</summary>
public sealed class QuestionTests(ProtocolWorld world) : IClassFixture<ProtocolWorld>
{
    private const string Inactive = "{\"active\":false}";

    [Fact]
    public async Task RFC_7662_2_2_an_active_token_is_described()
    {
        using var client = new TestClient();
        var token = await TokenAsync(resource: world.Finance, proof: world.Proof(client));
        var reply = await AskAsync(token.Field("access_token"));

        Assert.Equal((200, "True"), (reply.Status, reply.Field("active")));
        Assert.Equal((world.Issuer, world.Finance, ProtocolWorld.Owner, ProtocolWorld.Editor, "DPoP"), (reply.Field("iss"), reply.Field("aud"), reply.Field("sub"), reply.Field("client_id"), reply.Field("token_type")));
        Assert.Equal(client.Key.Thumbprint, JsonNode.Parse(reply.Field("cnf")!)!["jkt"]!.ToString());
        Assert.Equal((token.Claim("jti"), token.Claim("exp"), token.Claim("iat"), token.Claim("scope")), (reply.Field("jti"), reply.Field("exp"), reply.Field("iat"), reply.Field("scope")));
        Assert.Contains("no-store", reply.Header("Cache-Control"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RFC_7662_2_2_whatever_is_not_for_the_caller_is_not_active_and_nothing_more_is_said()
    {
        var token = (await TokenAsync(resource: world.Finance)).Field("access_token");
        var refresh = (await TokenAsync(resource: world.Finance)).Field("refresh_token");

        Assert.Equal(Inactive, (await AskAsync(token, "no-brains")).Body);
        Assert.Equal(Inactive, (await AskAsync((await world.OwnTokenAsync()).Field("access_token"), "single")).Body);
        Assert.Equal(Inactive, (await AskAsync(refresh)).Body);
        Assert.Equal(Inactive, (await AskAsync("junk")).Body);
        Assert.Equal(Inactive, (await AskAsync(token![..^4] + "AAAA")).Body);
        Assert.Equal(Inactive, (await AskAsync(Bends.RewriteClaims(token, static claims => claims["sub"] = "other"))).Body);
    }

    [Fact]
    public async Task RFC_7662_2_2_a_revoked_and_an_expired_token_are_not_active()
    {
        var revoked = await TokenAsync();
        await world.Grants.RevokeAsync(revoked.Claim("sid")!, ActivityKinds.GrantRevoked, null);
        Assert.Equal(Inactive, (await AskAsync(revoked.Field("access_token"))).Body);

        var expired = await TokenAsync();
        world.Time.Advance(TimeSpan.FromMinutes(16));
        try
        {
            Assert.Equal(Inactive, (await AskAsync(expired.Field("access_token"))).Body);
        }
        finally
        {
            world.Time.Advance(TimeSpan.FromMinutes(-16));
        }

        Assert.Equal("True", (await AskAsync(expired.Field("access_token"))).Field("active"));
    }

    [Fact]
    public async Task RFC_7662_2_1_nobody_asks_without_authentication()
    {
        var token = (await TokenAsync()).Field("access_token");

        Assert.Equal("401 invalid_client", (await world.PostAsync(EndpointPaths.Introspection, new() { ["token"] = token })).Shape);
        Assert.Equal("401 invalid_client", (await world.PostAsync(EndpointPaths.Introspection, new() { ["token"] = token, ["client_id"] = ProtocolWorld.Editor })).Shape);
        Assert.Equal("401 invalid_client", (await AskAsync(token, secret: "guess")).Shape);
        Assert.Equal("400 unauthorized_client", (await AskAsync(token, ProtocolWorld.Stranger)).Shape);
        Assert.Equal("400 invalid_request", (await AskAsync(null)).Shape);
    }

    [Theory]
    [InlineData("refresh_token", null)]
    [InlineData("access_token", null)]
    [InlineData("refresh_token", "access_token")]
    [InlineData("access_token", "refresh_token")]
    public async Task RFC_7009_2_1_either_token_ends_the_grant_whatever_the_hint(string which, string? hint)
    {
        var tokens = await TokenAsync();
        Assert.Equal(200, await CallAsync(tokens.Field("access_token")));
        var reply = await RevokeAsync(tokens.Field(which), hint: hint);

        Assert.Equal(200, reply.Status);
        Assert.Equal("*", reply.Header("Access-Control-Allow-Origin"));
        Assert.Equal(401, await CallAsync(tokens.Field("access_token")));
        Assert.Equal("400 invalid_grant", (await RefreshAsync(tokens.Field("refresh_token"))).Shape);
        Assert.NotNull((await world.Store.ReadAsync(context => context.Grants.SingleAsync(grant => grant.Id == tokens.Claim("sid")))).RevokedAt);
    }

    [Fact]
    public async Task RFC_7009_2_1_a_token_of_another_client_is_left_alone()
    {
        var tokens = await TokenAsync();

        Assert.Equal(200, (await RevokeAsync(tokens.Field("refresh_token"), "another-editor")).Status);
        Assert.Equal(200, (await RevokeAsync(tokens.Field("access_token"), "another-editor")).Status);
        Assert.Equal(200, await CallAsync(tokens.Field("access_token")));
        Assert.Equal("200 -", (await RefreshAsync(tokens.Field("refresh_token"))).Shape);
    }

    [Fact]
    public async Task RFC_7009_2_2_what_is_no_token_is_200_too()
    {
        Assert.Equal(200, (await RevokeAsync("junk")).Status);
        Assert.Equal(200, (await RevokeAsync("a.b.c")).Status);
        Assert.Equal("400 invalid_request", (await RevokeAsync(null)).Shape);
        Assert.Equal("401 invalid_client", (await RevokeAsync("junk", "nobody")).Shape);
        Assert.Equal("401 invalid_client", (await RevokeAsync("junk", ProtocolWorld.Service)).Shape);
    }

    [Fact]
    public async Task A_clients_own_token_is_revoked_by_itself()
    {
        var first = (await world.OwnTokenAsync()).Field("access_token");
        var second = (await world.OwnTokenAsync()).Field("access_token");
        var reply = await world.PostAsync(EndpointPaths.Revocation, new() { ["token"] = first }, static request => ProtocolWorld.Basic(request, ProtocolWorld.Service, ProtocolWorld.Secret));

        Assert.Equal(200, reply.Status);
        Assert.Equal((401, 200), (await CallAsync(first), await CallAsync(second)));
    }

    private async Task<ProtocolReply> TokenAsync(string? resource = null, string? proof = null) => await world.PostAsync(EndpointPaths.Token, await world.CodeForm(resource: resource), request =>
    {
        if (proof is not null)
            request.Headers.TryAddWithoutValidation("DPoP", proof);
    });

    private Task<ProtocolReply> AskAsync(string? token, string client = ProtocolWorld.Service, string secret = ProtocolWorld.Secret) =>
        world.PostAsync(EndpointPaths.Introspection, new() { ["token"] = token }, request => ProtocolWorld.Basic(request, client, secret));

    private Task<ProtocolReply> RevokeAsync(string? token, string client = ProtocolWorld.Editor, string? hint = null) =>
        world.PostAsync(EndpointPaths.Revocation, new() { ["token"] = token, ["client_id"] = client, ["token_type_hint"] = hint }, static request => request.Headers.TryAddWithoutValidation("Origin", "https://app.example"));

    private Task<ProtocolReply> RefreshAsync(string? token) =>
        world.PostAsync(EndpointPaths.Token, new() { ["grant_type"] = "refresh_token", ["refresh_token"] = token, ["client_id"] = ProtocolWorld.Editor });

    private async Task<int> CallAsync(string? token)
    {
        using var request = TokenRequests.Post(world.Default, Messages.ModernRequest("tools/call", "\"name\":\"query_count\",\"arguments\":{}"), "Bearer " + token, version: Messages.Modern).Modern("tools/call", "query_count");
        return (await world.SendAsync(request)).Status;
    }
}

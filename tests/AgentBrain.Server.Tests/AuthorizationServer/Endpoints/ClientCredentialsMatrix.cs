using System.Text.Json.Nodes;
using AgentBrain.OAuth.Revocation;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.Tests.Authorization.OAuth;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.AuthorizationServer.Endpoints;

/// <summary>Tokens of clients for themselves (RFC 6749 §4.4, SR-46), and how clients authenticate (RFC 6749 §2.3, RFC 7523).</summary>
public sealed class ClientCredentialsMatrix(ProtocolWorld world) : IClassFixture<ProtocolWorld>
{
    [Fact]
    public async Task A_client_of_the_owner_gets_a_token_for_its_own_brain_and_no_refresh_token()
    {
        var reply = await world.OwnTokenAsync();

        Assert.Equal("200 -", reply.Shape);
        Assert.Equal(("client:service", "service", world.Default, "client:service", "agent-brain:read agent-brain:index"), (reply.Claim("sub"), reply.Claim("client_id"), reply.Claim("aud"), reply.Claim("sid"), reply.Claim("scope")));
        Assert.Null(reply.Field("refresh_token"));
        Assert.Equal("Bearer", reply.Field("token_type"));
        Assert.InRange(int.Parse(reply.Field("expires_in")!, System.Globalization.CultureInfo.InvariantCulture), 890, 900);
        Assert.Contains("no-store", reply.Header("Cache-Control"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_token_is_good_at_the_resource_and_dies_with_the_clients_session()
    {
        var token = (await world.OwnTokenAsync(world.Finance)).Field("access_token");
        Assert.Equal(200, await CallAsync(token));

        world.Brain.Services.GetRequiredService<Revocations>().Revoke(RevocationTarget.Session(world.Issuer, "client:single"));
        var other = (await world.OwnTokenAsync(client: "single")).Field("access_token");

        Assert.Equal(200, await CallAsync(token));
        Assert.Equal(401, await CallAsync(other));
    }

    [Theory]
    [InlineData("service", null, "agent-brain:read", "200 -")]
    [InlineData("service", "finance", null, "200 -")]
    [InlineData("service", "default", "agent-brain:read agent-brain:admin", "200 -")]
    [InlineData("service", null, "agent-brain:admin", "400 invalid_scope")]
    [InlineData("service", null, "something", "400 invalid_scope")]
    [InlineData("service", "nothing", null, "400 invalid_target")]
    [InlineData("service", "strict", null, "400 invalid_dpop_proof")]
    [InlineData("service", "plain", null, "200 -")]
    [InlineData("single", null, null, "200 -")]
    [InlineData("single", "default", null, "400 invalid_target")]
    [InlineData("single", null, "agent-brain:index", "400 invalid_scope")]
    [InlineData("no-brains", null, null, "400 unauthorized_client")]
    [InlineData(ProtocolWorld.Stranger, null, null, "400 unauthorized_client")]
    [InlineData("nobody", null, null, "401 invalid_client")]
    public async Task What_the_owner_set_down_is_the_limit(string client, string? brain, string? scope, string expected)
    {
        var resource = brain switch { null => null, "default" => world.Default, _ => $"{world.Issuer}/brains/{brain}/mcp" };
        var reply = await world.OwnTokenAsync(resource, scope, client);

        Assert.Equal(expected, reply.Shape);
        if (reply.Status == 200)
            Assert.DoesNotContain("admin", reply.Claim("scope"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_client_gets_none()
    {
        var reply = await world.PostAsync(EndpointPaths.Token, new() { ["grant_type"] = "client_credentials", ["client_id"] = ProtocolWorld.Editor });

        Assert.Equal(400, reply.Status);
        Assert.Contains(reply.Error, new[] { "unauthorized_client", "invalid_request" });
    }

    [Fact]
    public async Task Its_token_can_be_bound()
    {
        using var client = new TestClient();
        var proof = world.Proof(client);
        var reply = await world.OwnTokenAsync(world.Strict, proof: proof);

        Assert.Equal(("200 -", "DPoP"), (reply.Shape, reply.Field("token_type")));
        Assert.Equal(client.Key.Thumbprint, JsonNode.Parse(reply.Claim("cnf")!)!["jkt"]!.ToString());
        Assert.Equal("400 invalid_dpop_proof", (await world.OwnTokenAsync(world.Strict, proof: proof)).Shape);
    }

    [Fact]
    public async Task The_secret_may_be_in_the_body()
    {
        var reply = await world.PostAsync(EndpointPaths.Token, new() { ["grant_type"] = "client_credentials", ["client_id"] = ProtocolWorld.Service, ["client_secret"] = ProtocolWorld.Secret });

        Assert.Equal("200 -", reply.Shape);
    }

    [Fact]
    public async Task A_failure_with_the_header_asks_for_the_header_and_one_with_the_body_does_not()
    {
        var basic = await world.OwnTokenAsync(secret: "guess");
        var body = await world.PostAsync(EndpointPaths.Token, new() { ["grant_type"] = "client_credentials", ["client_id"] = ProtocolWorld.Service, ["client_secret"] = "guess" });

        Assert.Equal(("401 invalid_client", "Basic realm=\"Agent Brain\", charset=\"UTF-8\""), (basic.Shape, basic.Header("WWW-Authenticate")));
        Assert.Equal(("401 invalid_client", ""), (body.Shape, body.Header("WWW-Authenticate")));
    }

    [Fact]
    public async Task Two_credentials_are_one_too_many()
    {
        var form = new Dictionary<string, string?> { ["grant_type"] = "client_credentials", ["client_secret"] = ProtocolWorld.Secret };
        Assert.Equal("400 invalid_request", (await world.PostAsync(EndpointPaths.Token, form, static request => ProtocolWorld.Basic(request, ProtocolWorld.Service, ProtocolWorld.Secret))).Shape);

        var both = world.KeyedForm(world.Assertion());
        both["client_secret"] = ProtocolWorld.Secret;
        Assert.Equal("400 invalid_request", (await world.PostAsync(EndpointPaths.Token, both)).Shape);
        Assert.Equal("400 invalid_request", (await world.PostAsync(EndpointPaths.Token, world.KeyedForm(world.Assertion()), static request => ProtocolWorld.Basic(request, ProtocolWorld.Service, ProtocolWorld.Secret))).Shape);
    }

    [Fact]
    public async Task The_client_that_is_named_is_the_client_that_authenticates()
    {
        var reply = await world.PostAsync(EndpointPaths.Token, new() { ["grant_type"] = "client_credentials", ["client_id"] = ProtocolWorld.Editor }, static request => ProtocolWorld.Basic(request, ProtocolWorld.Service, ProtocolWorld.Secret));

        Assert.Equal("400 invalid_request", reply.Shape);
    }

    [Fact]
    public async Task After_ten_failures_the_client_is_not_listened_to_from_this_address_and_others_are()
    {
        await world.AddClientAsync("guessed", ProtocolWorld.Secret, static client => (client.AuthenticationMethod, client.OwnBrains, client.OwnScopes) = ("client_secret_basic", "default", AgentBrain.OAuth.Scopes.ScopeSet.Read));
        for (var guess = 0; guess < 10; guess++)
            Assert.Equal("401 invalid_client", (await world.OwnTokenAsync(client: "guessed", secret: "guess" + guess)).Shape);

        var limited = await world.OwnTokenAsync(client: "guessed");
        Assert.Equal("429 invalid_client", limited.Shape);
        Assert.NotEqual("", limited.Header("Retry-After"));
        Assert.Equal("200 -", (await world.OwnTokenAsync()).Shape);
    }

    [Fact]
    public async Task An_assertion_is_good_once()
    {
        var assertion = world.Assertion();
        var first = await world.PostAsync(EndpointPaths.Token, world.KeyedForm(assertion));

        Assert.Equal(("200 -", "client:keyed-service"), (first.Shape, first.Claim("sub")));
        Assert.Equal("401 invalid_client", (await world.PostAsync(EndpointPaths.Token, world.KeyedForm(assertion))).Shape);
    }

    public static TheoryData<string> BentAssertions => [.. Bent.Keys];

    private static readonly Dictionary<string, Func<ProtocolWorld, string>> Bent = new(StringComparer.Ordinal)
    {
        ["RFC 7523 §3 (1): another iss"] = static world => world.Assertion(static claims => claims["iss"] = ProtocolWorld.Service),
        ["RFC 7523 §3 (2): another sub"] = static world => world.Assertion(static claims => claims["sub"] = ProtocolWorld.Service),
        ["RFC 7523 §3 (2): no sub"] = static world => world.Assertion(static claims => claims.Remove("sub")),
        ["RFC 7523 §3 (3): no aud"] = static world => world.Assertion(static claims => claims.Remove("aud")),
        ["RFC 7523bis §4: the token endpoint as aud"] = static world => world.Assertion(claims => claims["aud"] = world.Issuer + EndpointPaths.Token),
        ["RFC 7523bis §4: aud as an array"] = static world => world.Assertion(claims => claims["aud"] = new JsonArray(world.Issuer)),
        ["RFC 7523bis §4: several audiences"] = static world => world.Assertion(claims => claims["aud"] = new JsonArray(world.Issuer, "https://other.example")),
        ["RFC 7523bis §4: the issuer with a slash"] = static world => world.Assertion(claims => claims["aud"] = world.Issuer + "/"),
        ["RFC 7523 §3 (4): no exp"] = static world => world.Assertion(static claims => claims.Remove("exp")),
        ["RFC 7523 §3 (4): over"] = static world => world.Assertion(static claims => claims["exp"] = (long)claims["iat"]! - 31),
        ["SR-46: longer than five minutes"] = static world => world.Assertion(static claims => claims["exp"] = (long)claims["iat"]! + 340),
        ["RFC 7523 §3 (5): nbf in the future"] = static world => world.Assertion(static claims => claims["nbf"] = (long)claims["iat"]! + 40),
        ["RFC 7523 §3 (6): iat in the future"] = static world => world.Assertion(static claims => claims["iat"] = (long)claims["iat"]! + 40),
        ["SR-46: no jti"] = static world => world.Assertion(static claims => claims.Remove("jti")),
        ["SR-46: a jti without end"] = static world => world.Assertion(static claims => claims["jti"] = new string('j', 129)),
        ["SR-46: typ at+jwt"] = static world => world.Assertion(header: static header => header["typ"] = "at+jwt"),
        ["SR-46: typ dpop+jwt"] = static world => world.Assertion(header: static header => header["typ"] = "dpop+jwt"),
        ["RFC 7515 §4.1.11: crit"] = static world => world.Assertion(header: static header => header["crit"] = new JsonArray("exp")),
        ["RFC 8725 §3.1: alg none"] = static world => world.Assertion(header: static header => header["alg"] = "none"),
        ["RFC 8725 §2.1: HS256 with the public key"] = static world => Bends.Hmac(world.Assertion(), ((System.Security.Cryptography.ECDsa)world.Key.Pair).ExportSubjectPublicKeyInfo()),
        ["RFC 7523 §3 (9): a broken signature"] = static world => Bends.BreakSignature(world.Assertion()),
        ["RFC 7523 §3 (9): other claims under the old signature"] = static world => Bends.RewriteClaims(world.Assertion(), static claims => claims["jti"] = "new"),
        ["RFC 7523 §3 (9): another key under the same name"] = static world =>
        {
            using var key = SigningKey.EllipticCurve("assertions");
            return world.Assertion(key: key);
        },
        ["RFC 7515 §4.1.4: a kid that the client has not"] = static world => world.Assertion(header: static header => header["kid"] = "unknown"),
        ["RFC 7519: no JWT"] = static _ => "junk",
        ["RFC 7519: nothing of a client"] = static world => world.Assertion(static claims => (claims["iss"], claims["sub"]) = ("nobody", "nobody")),
    };

    [Theory]
    [MemberData(nameof(BentAssertions))]
    public async Task A_bad_assertion_authenticates_nobody(string name)
    {
        var reply = await world.PostAsync(EndpointPaths.Token, world.KeyedForm(Bent[name](world)));

        Assert.Equal("401 invalid_client", reply.Shape);
    }

    [Theory]
    [InlineData("JWT")]
    [InlineData("client-authentication+jwt")]
    [InlineData("application/client-authentication+jwt")]
    [InlineData(null)]
    public async Task An_assertion_may_have_the_types_that_clients_write(string? type)
    {
        var reply = await world.PostAsync(EndpointPaths.Token, world.KeyedForm(world.Assertion(header: header => _ = type is null ? header.Remove("typ") : (header["typ"] = type) is not null)));

        Assert.Equal("200 -", reply.Shape);
    }

    [Fact]
    public async Task A_client_with_keys_has_no_secret_and_one_with_a_secret_no_assertion()
    {
        var secret = await world.OwnTokenAsync(client: ProtocolWorld.Keyed, secret: "not-used");
        var type = world.KeyedForm(world.Assertion());
        type["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";

        Assert.Equal("401 invalid_client", secret.Shape);
        Assert.Equal("401 invalid_client", (await world.PostAsync(EndpointPaths.Token, type)).Shape);
    }

    private async Task<int> CallAsync(string? token)
    {
        using var request = TokenRequests.Post(world.Finance, Hosting.Messages.ModernRequest("tools/call", "\"name\":\"query_count\",\"arguments\":{}"), "Bearer " + token, version: Hosting.Messages.Modern).Modern("tools/call", "query_count");
        return (await world.SendAsync(request)).Status;
    }
}

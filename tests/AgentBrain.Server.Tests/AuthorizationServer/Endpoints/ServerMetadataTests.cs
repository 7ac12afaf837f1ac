using System.Text.Json;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.Endpoints.Metadata;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Tests.AuthorizationServer.Endpoints;

/// <summary>What the server says of itself (RFC 8414, OpenID Connect Discovery), and the one issuer in all of it (SR-54).</summary>
public sealed class ServerMetadataTests(ProtocolWorld world) : IClassFixture<ProtocolWorld>
{
    private const string Common = """
        "authorization_endpoint":"ISSUER/oauth/authorize","token_endpoint":"ISSUER/oauth/token","jwks_uri":"ISSUER/oauth/jwks","registration_endpoint":"ISSUER/oauth/register","pushed_authorization_request_endpoint":"ISSUER/oauth/par","revocation_endpoint":"ISSUER/oauth/revoke","introspection_endpoint":"ISSUER/oauth/introspect","scopes_supported":["agent-brain:read","agent-brain:index","agent-brain:subscribe"],"response_types_supported":["code"],"response_modes_supported":["query"],"grant_types_supported":["authorization_code","refresh_token","client_credentials"],"code_challenge_methods_supported":["S256"],"token_endpoint_auth_methods_supported":["client_secret_post","client_secret_basic","private_key_jwt","none"],"token_endpoint_auth_signing_alg_values_supported":["ES256","ES384","PS256","RS256"],"revocation_endpoint_auth_methods_supported":["client_secret_post","client_secret_basic","private_key_jwt","none"],"revocation_endpoint_auth_signing_alg_values_supported":["ES256","ES384","PS256","RS256"],"introspection_endpoint_auth_methods_supported":["client_secret_post","client_secret_basic","private_key_jwt"],"introspection_endpoint_auth_signing_alg_values_supported":["ES256","ES384","PS256","RS256"],"dpop_signing_alg_values_supported":["ES256","ES384","PS256","RS256"],"client_id_metadata_document_supported":true,"authorization_response_iss_parameter_supported":true,"require_pushed_authorization_requests":false,"request_parameter_supported":false,"request_uri_parameter_supported":false
        """;

    [Theory]
    [InlineData(EndpointPaths.Metadata, "")]
    [InlineData(EndpointPaths.OpenIdMetadata, ",\"subject_types_supported\":[\"public\"],\"id_token_signing_alg_values_supported\":[\"ES256\"]")]
    public async Task The_document_is_exactly_this(string path, string more)
    {
        var reply = await Get(path);

        Assert.Equal(200, reply.Status);
        Assert.Equal("{\"issuer\":\"ISSUER\",".Replace("ISSUER", world.Issuer, StringComparison.Ordinal) + Common.Trim().Replace("ISSUER", world.Issuer, StringComparison.Ordinal) + more + "}", reply.Body);
        Assert.Equal("application/json", reply.Header("Content-Type"));
        Assert.Equal("public, max-age=300", reply.Header("Cache-Control"));
    }

    [Fact]
    public async Task The_host_that_a_request_names_changes_nothing()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, EndpointPaths.Metadata);
        request.Headers.Host = $"localhost:{world.Brain.Port}";
        var reply = await world.SendAsync(request);

        Assert.Equal(200, reply.Status);
        Assert.DoesNotContain("localhost", reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_issuer_is_the_same_bytes_in_metadata_token_redirect_and_protected_resource()
    {
        var token = await world.PostAsync(EndpointPaths.Token, await world.CodeForm());
        var resource = JsonElement.Parse((await Get("/.well-known/oauth-protected-resource/mcp")).Body);
        var redirect = await world.AuthorizeAsync(new(ProtocolWorld.AuthorizeForm()) { ["response_type"] = "token" });

        Assert.False(world.Issuer.EndsWith('/'));
        Assert.Equal(world.Issuer, token.Claim("iss"));
        Assert.Equal(world.Issuer, resource.GetProperty("authorization_servers")[0].GetString());
        Assert.Equal(world.Issuer, redirect.Redirected("iss"));
    }

    [Theory]
    [InlineData("off", null, "False")]
    [InlineData("allow-list", "/oauth/register", "True")]
    public async Task Registration_is_told_of_where_there_is_one(string policy, string? path, string documents)
    {
        await using var brain = await OwnerBrowser.StartServer(null, $"--AGENT_BRAIN_REGISTRATION={policy}", "--AGENT_BRAIN_DPOP=off");
        using var response = await brain.Client.GetAsync(EndpointPaths.Metadata);
        var reply = await ProtocolReply.OfAsync(response);

        Assert.Equal(path is null ? null : $"http://127.0.0.1:{brain.Port}{path}", reply.Field("registration_endpoint"));
        Assert.Equal(documents, reply.Field("client_id_metadata_document_supported"));
        Assert.Null(reply.Field("dpop_signing_alg_values_supported"));
    }

    [Fact]
    public async Task Keys_are_public_may_be_kept_and_verify_tokens()
    {
        var reply = await Get(EndpointPaths.Jwks);
        var token = await world.PostAsync(EndpointPaths.Token, await world.CodeForm());

        Assert.Equal("public, max-age=300", reply.Header("Cache-Control"));
        var keys = JsonElement.Parse(reply.Body).GetProperty("keys").EnumerateArray().ToList();
        Assert.All(keys, static key => Assert.Equal(("EC", "P-256", "ES256", "sig", false), (key.GetProperty("kty").GetString(), key.GetProperty("crv").GetString(), key.GetProperty("alg").GetString(), key.GetProperty("use").GetString(), key.TryGetProperty("d", out _))));
        Assert.Contains(token.Part(0).GetProperty("kid").GetString(), keys.Select(static key => key.GetProperty("kid").GetString()));
    }

    [Theory]
    [InlineData("https://brain.example/")]
    [InlineData("https://BRAIN.example")]
    [InlineData(null)]
    public void A_start_is_refused_when_the_issuer_is_written_in_two_ways(string? written)
    {
        var refused = Assert.Throws<ConfigurationException>(() => IssuerCheck.Compare("https://brain.example", "the metadata", written));

        Assert.Contains("https://brain.example", refused.Message, StringComparison.Ordinal);
    }

    private async Task<ProtocolReply> Get(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await world.SendAsync(request);
    }
}

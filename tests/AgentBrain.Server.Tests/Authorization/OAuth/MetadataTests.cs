using System.Net;
using System.Text.Json;
using AgentBrain.Server.Tests.Hosting;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>The metadata of each brain (RFC 9728 §3), and who may read it and the endpoints from a page (SR-30).</summary>
public sealed class MetadataTests(World world) : IClassFixture<World>
{
    private const string WellKnown = "/.well-known/oauth-protected-resource";

    public static TheoryData<string, string, bool> Origins
    {
        get
        {
            var data = new TheoryData<string, string, bool>();
            foreach (var path in new[] { "/mcp", "/brains/finance/mcp", "/brains/nothing/mcp" })
            {
                foreach (var (origin, isAllowed) in new[] { (World.Origin, true), ("https://evil.example", false), ("https://app.example.evil.example", false), ("http://app.example", false), ("https://APP.example", false), ("null", false) })
                    data.Add(path, origin, isAllowed);
            }

            return data;
        }
    }

    [Theory]
    [InlineData("default", "/mcp", "\"bearer_methods_supported\":[\"header\"],\"resource_name\":\"Agent Brain\",\"dpop_signing_alg_values_supported\":[\"ES256\",\"ES384\",\"PS256\",\"RS256\"]")]
    [InlineData("default", "", "\"bearer_methods_supported\":[\"header\"],\"resource_name\":\"Agent Brain\",\"dpop_signing_alg_values_supported\":[\"ES256\",\"ES384\",\"PS256\",\"RS256\"]")]
    [InlineData("finance", "/brains/finance/mcp", "\"bearer_methods_supported\":[\"header\"],\"resource_name\":\"Agent Brain: finance\",\"dpop_signing_alg_values_supported\":[\"ES256\",\"ES384\",\"PS256\",\"RS256\"]")]
    [InlineData("strict", "/brains/strict/mcp", "\"bearer_methods_supported\":[\"header\"],\"resource_name\":\"Agent Brain: strict\",\"dpop_signing_alg_values_supported\":[\"ES256\",\"ES384\",\"PS256\",\"RS256\"],\"dpop_bound_access_tokens_required\":true")]
    [InlineData("plain", "/brains/plain/mcp", "\"bearer_methods_supported\":[\"header\"],\"resource_name\":\"Agent Brain: plain\"")]
    public async Task A_brain_says_what_it_is_and_whose_tokens_it_takes(string brain, string suffix, string rest)
    {
        string[] issuers = brain switch { "default" => [world.Issuer.Url, world.Asked.Url], World.Finance => [world.Issuer.Url, world.Second.Url, world.Asked.Url], _ => [world.Issuer.Url] };

        using var response = await world.Brain.Client.GetAsync(WellKnown + suffix);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("public, max-age=300", response.Headers.CacheControl!.ToString());
        Assert.Equal(
            $$"""{"resource":"{{world.ResourceOf(brain)}}","authorization_servers":{{JsonSerializer.Serialize(issuers)}},"scopes_supported":["agent-brain:read"],{{rest}}}""",
            await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/brains/nothing/mcp")]
    [InlineData("/brains/Finance/mcp")]
    [InlineData("/brains/finance")]
    [InlineData("/brains/finance/mcp/")]
    [InlineData("/brains/default/mcp")]
    [InlineData("/mcp/")]
    [InlineData("/MCP")]
    [InlineData("/")]
    [InlineData("/x")]
    public async Task The_metadata_is_at_its_exact_path_and_nowhere_else(string suffix)
    {
        using var response = await world.Brain.Client.GetAsync(WellKnown + suffix);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/.well-known/oauth-authorization-server")]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/mcp/.well-known/oauth-protected-resource")]
    [InlineData("/authorize")]
    [InlineData("/token")]
    [InlineData("/register")]
    public async Task There_is_no_authorization_server_here(string path)
    {
        using var response = await world.Brain.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Empty(response.Headers.WwwAuthenticate);
    }

    [Theory]
    [InlineData("Host: evil.example", 403)]
    [InlineData("Host: 127.0.0.1:PORT\nX-Forwarded-Host: evil.example\nX-Forwarded-Proto: https\nForwarded: host=evil.example", 200)]
    public async Task No_header_of_a_request_gets_into_the_metadata(string headers, int status)
    {
        var reply = await RawHttp.Send(world.Brain.Port, $"GET {WellKnown}/mcp HTTP/1.1\n" + headers.Replace("PORT", $"{world.Brain.Port}", StringComparison.Ordinal));

        Assert.Equal(status, reply.Status);
        Assert.DoesNotContain("evil", reply.Head + reply.Body);
    }

    [Theory]
    [InlineData("https://anywhere.example")]
    [InlineData("null")]
    public async Task Every_page_may_read_the_metadata(string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, WellKnown + "/mcp");
        request.Headers.Add("Origin", origin);
        using var response = await world.Brain.Client.SendAsync(request);
        using var preflight = new HttpRequestMessage(HttpMethod.Options, WellKnown + "/mcp");
        preflight.Headers.Add("Origin", origin);
        preflight.Headers.Add("Access-Control-Request-Method", "GET");
        preflight.Headers.Add("Access-Control-Request-Headers", "mcp-protocol-version");
        using var allowed = await world.Brain.Client.SendAsync(preflight);

        Assert.Equal(["*"], response.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Credentials"));
        Assert.Equal(HttpStatusCode.NoContent, allowed.StatusCode);
        Assert.Equal(["*"], allowed.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Equal(["GET"], allowed.Headers.GetValues("Access-Control-Allow-Methods"));
        Assert.Contains("mcp-protocol-version", allowed.Headers.GetValues("Access-Control-Allow-Headers").Single());
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("PUT")]
    [InlineData("HEAD")]
    public async Task The_metadata_is_read_and_nothing_else(string verb)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), WellKnown + "/mcp");
        using var response = await world.Brain.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Origins))]
    public async Task Pages_of_listed_origins_alone_may_call_an_endpoint(string path, string origin, bool isAllowed)
    {
        using var preflight = new HttpRequestMessage(HttpMethod.Options, path);
        preflight.Headers.Add("Origin", origin);
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization, dpop, mcp-session-id, mcp-method, x-other");
        using var answer = await world.Brain.Client.SendAsync(preflight);
        var reply = await new Attempt(world) { Path = path, Authorization = static _ => [], Headers = { ["Origin"] = origin } }.Send(Messages.Modern);

        Assert.Equal(isAllowed ? 204 : 403, (int)answer.StatusCode);
        Assert.Equal(isAllowed ? Expect.Stranger() : "403 origin_not_allowed", reply.Shape);
        Assert.Equal(isAllowed ? origin : "", reply.Header("Access-Control-Allow-Origin"));
        Assert.Equal(isAllowed ? "WWW-Authenticate, DPoP-Nonce, Mcp-Session-Id" : "", reply.Header("Access-Control-Expose-Headers"));
        Assert.Equal("", reply.Header("Access-Control-Allow-Credentials"));
        if (isAllowed)
            Assert.Equal("authorization, dpop, mcp-session-id, mcp-method", answer.Headers.GetValues("Access-Control-Allow-Headers").Single());
    }
}

using AgentBrain.Server.AuthorizationServer.Endpoints;

namespace AgentBrain.Server.Tests.AuthorizationServer.Endpoints;

/// <summary>Which endpoints a page of another origin may call (SR-30), with which verbs, and in which spelling of their paths.</summary>
public sealed class CrossOriginTests(ProtocolWorld world) : IClassFixture<ProtocolWorld>
{
    private static readonly string[] Origins = ["https://app.example", "https://evil.example", "http://localhost:6274", "null"];

    /// <summary>Path, verb, and whether pages may call it.</summary>
    private static readonly (string Path, string Verb, bool IsShared)[] Endpoints =
    [
        (EndpointPaths.Metadata, "GET", true), (EndpointPaths.OpenIdMetadata, "GET", true), (EndpointPaths.Jwks, "GET", true), ("/.well-known/oauth-protected-resource", "GET", true),
        (EndpointPaths.Token, "POST", true), (EndpointPaths.Registration, "POST", true), (EndpointPaths.Revocation, "POST", true),
        (EndpointPaths.Authorize, "GET", false), (EndpointPaths.PushedAuthorization, "POST", false), (EndpointPaths.Introspection, "POST", false),
        (EndpointPaths.SignIn, "GET", false), (EndpointPaths.Consent, "POST", false), (EndpointPaths.Account, "GET", false),
    ];

    public static TheoryData<string, string, bool, string> EndpointsAndOrigins
    {
        get
        {
            var data = new TheoryData<string, string, bool, string>();
            foreach (var (path, verb, isShared) in Endpoints)
            {
                foreach (var origin in Origins)
                    data.Add(path, verb, isShared, origin);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(EndpointsAndOrigins))]
    public async Task Only_shared_endpoints_may_be_read_by_pages_and_never_with_cookies(string path, string verb, bool isShared, string origin)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), path);
        request.Headers.TryAddWithoutValidation("Origin", origin);
        var reply = await world.SendAsync(request);

        Assert.Equal(isShared ? "*" : "", reply.Header("Access-Control-Allow-Origin"));
        Assert.Equal("", reply.Header("Access-Control-Allow-Credentials"));
    }

    [Theory]
    [MemberData(nameof(EndpointsAndOrigins))]
    public async Task A_preflight_is_answered_on_shared_endpoints_alone(string path, string verb, bool isShared, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.TryAddWithoutValidation("Origin", origin);
        request.Headers.TryAddWithoutValidation("Access-Control-Request-Method", verb);
        request.Headers.TryAddWithoutValidation("Access-Control-Request-Headers", "authorization,dpop,content-type,mcp-protocol-version");
        var reply = await world.SendAsync(request);

        Assert.Equal(isShared, reply.Status == 204);
        Assert.Equal(isShared ? "*" : "", reply.Header("Access-Control-Allow-Origin"));
        Assert.Equal(isShared ? verb : "", reply.Header("Access-Control-Allow-Methods"));
        Assert.Equal("", reply.Header("Access-Control-Allow-Credentials"));
        if (path == EndpointPaths.Token)
            Assert.Equal(["accept", "authorization", "content-type", "dpop", "mcp-protocol-version"], reply.Header("Access-Control-Allow-Headers").Split(", ").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_page_may_read_the_headers_that_a_client_needs()
    {
        var reply = await world.PostAsync(EndpointPaths.Token, []);

        Assert.Equal("DPoP-Nonce, WWW-Authenticate, Retry-After", reply.Header("Access-Control-Expose-Headers"));
    }

    [Theory]
    [InlineData(EndpointPaths.Authorize, "POST", "GET")]
    [InlineData(EndpointPaths.Authorize, "OPTIONS", "GET")]
    [InlineData(EndpointPaths.Token, "GET", "POST, OPTIONS")]
    [InlineData(EndpointPaths.Token, "DELETE", "POST, OPTIONS")]
    [InlineData(EndpointPaths.PushedAuthorization, "GET", "POST")]
    [InlineData(EndpointPaths.Introspection, "GET", "POST")]
    [InlineData(EndpointPaths.Revocation, "GET", "POST, OPTIONS")]
    [InlineData(EndpointPaths.Registration, "GET", "POST, OPTIONS")]
    [InlineData(EndpointPaths.Jwks, "POST", "GET, OPTIONS")]
    [InlineData(EndpointPaths.Metadata, "POST", "GET, OPTIONS")]
    [InlineData(EndpointPaths.OpenIdMetadata, "DELETE", "GET, OPTIONS")]
    public async Task Another_verb_is_405_and_told_which_would_do(string path, string verb, string allowed)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), path);
        var reply = await world.SendAsync(request);

        Assert.Equal(405, reply.Status);
        Assert.Equal(allowed, reply.Header("Allow").Replace("|", ", ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/oauth/token/", "POST")]
    [InlineData("/OAuth/Token", "POST")]
    [InlineData("/oauth/authorize/", "GET")]
    [InlineData("/OAUTH/authorize", "GET")]
    [InlineData("/oauth/introspect/", "POST")]
    [InlineData("/.well-known/OpenID-configuration", "GET")]
    [InlineData("/oauth/jwks/", "GET")]
    public async Task A_path_has_one_spelling(string path, string verb)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), path);
        var reply = await world.SendAsync(request);

        Assert.Equal((404, ""), (reply.Status, reply.Body));
    }
}

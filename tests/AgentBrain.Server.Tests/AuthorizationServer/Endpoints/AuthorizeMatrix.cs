using AgentBrain.Server.AuthorizationServer.Endpoints;

namespace AgentBrain.Server.Tests.AuthorizationServer.Endpoints;

/// <summary>
/// Authorization requests of a signed-in owner's browser (RFC 6749 §4.1, RFC 7636, RFC 8707, RFC 9207, RFC 9449 §10): the page, a redirect
/// to the client with an error, or an error page that sends nobody anywhere.
/// </summary>
public sealed class AuthorizeMatrix(ProtocolWorld world) : IClassFixture<ProtocolWorld>
{
    private const string Page = "page";
    private const string ErrorPage = "error page";

    public static TheoryData<string, string> Rows
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (name, expected, _) in Cases)
                data.Add(name, expected);
            return data;
        }
    }

    /// <summary>What is sent, what is expected, and what is changed in an honest request.</summary>
    private static readonly (string Name, string Expected, Action<Dictionary<string, string?>, ProtocolWorld> Bend)[] Cases =
    [
        ("RFC 6749 §4.1.1: an honest request", Page, static (_, _) => { }),
        ("RFC 6749 §3.1.2.3: no redirect_uri, where only one is registered", Page, static (form, _) => form["redirect_uri"] = null),
        ("RFC 8252 §7.3: another loopback port", Page, static (form, _) => form["redirect_uri"] = "http://127.0.0.1:7778/callback"),
        ("RFC 6749 §3.1: an unknown parameter", Page, static (form, _) => (form["audience"], form["display"], form["nonce"], form["ui_locales"]) = ("x", "popup", "n", "de")),
        ("RFC 6749 §3.1: an empty parameter is as good as none", Page, static (form, _) => form["resource"] = ""),
        ("RFC 6749 §4.1.2.1: no client_id", ErrorPage, static (form, _) => form["client_id"] = null),
        ("RFC 6749 §4.1.2.1: an unknown client", ErrorPage, static (form, _) => form["client_id"] = "nobody"),
        ("RFC 6749 §4.1.2.1: a redirect_uri that is not registered", ErrorPage, static (form, _) => form["redirect_uri"] = "https://evil.example/callback"),
        ("RFC 9700 §4.1: a redirect_uri with more behind it", ErrorPage, static (form, _) => form["redirect_uri"] = ProtocolWorld.Redirect + "/../evil"),
        ("RFC 9700 §4.1: a redirect_uri with a query", ErrorPage, static (form, _) => form["redirect_uri"] = ProtocolWorld.Redirect + "?next=https://evil.example"),
        ("RFC 6749 §3.1.2: a redirect_uri with a fragment", ErrorPage, static (form, _) => form["redirect_uri"] = ProtocolWorld.Redirect + "#x"),
        ("RFC 6749 §3.1.2: a redirect_uri with an empty fragment", ErrorPage, static (form, _) => form["redirect_uri"] = ProtocolWorld.Redirect + "#"),
        ("RFC 6749 §3.1.2: a relative redirect_uri", ErrorPage, static (form, _) => form["redirect_uri"] = "/callback"),
        ("RFC 6749 §4.1.2.1: an error beside a bad redirect_uri", ErrorPage, static (form, _) => (form["redirect_uri"], form["code_challenge"]) = ("https://evil.example/", null)),
        ("RFC 6749 §3.1.1: no response_type", "invalid_request", static (form, _) => form["response_type"] = null),
        ("RFC 6749 §3.1.1: token", "unsupported_response_type", static (form, _) => form["response_type"] = "token"),
        ("RFC 6749 §3.1.1: code and token", "unsupported_response_type", static (form, _) => form["response_type"] = "code token"),
        ("OpenID Connect: id_token", "unsupported_response_type", static (form, _) => form["response_type"] = "id_token"),
        ("OAuth 2.0 Multiple Response Types: none", "unsupported_response_type", static (form, _) => form["response_type"] = "none"),
        ("OAuth 2.0 Multiple Response Types: response_mode query", Page, static (form, _) => form["response_mode"] = "query"),
        ("OAuth 2.0 Multiple Response Types: response_mode fragment", "invalid_request", static (form, _) => form["response_mode"] = "fragment"),
        ("OAuth 2.0 Form Post: response_mode form_post", "invalid_request", static (form, _) => form["response_mode"] = "form_post"),
        ("RFC 7636 §4.4.1: no code_challenge", "invalid_request", static (form, _) => (form["code_challenge"], form["code_challenge_method"]) = (null, null)),
        ("RFC 7636 §4.4.1: a method without a challenge", "invalid_request", static (form, _) => form["code_challenge"] = null),
        ("RFC 7636 §4.3: no method, which means plain", "invalid_request", static (form, _) => form["code_challenge_method"] = null),
        ("RFC 7636 §4.3: plain", "invalid_request", static (form, _) => form["code_challenge_method"] = "plain"),
        ("RFC 7636 §4.3: s256 in lower case", "invalid_request", static (form, _) => form["code_challenge_method"] = "s256"),
        ("RFC 7636 §4.3: S512", "invalid_request", static (form, _) => form["code_challenge_method"] = "S512"),
        ("RFC 7636 §4.2: a challenge of 42 characters", "invalid_request", static (form, _) => form["code_challenge"] = ProtocolWorld.Challenge[1..]),
        ("RFC 7636 §4.2: a challenge of 44 characters", "invalid_request", static (form, _) => form["code_challenge"] = ProtocolWorld.Challenge + "A"),
        ("RFC 7636 §4.2: a challenge with padding", "invalid_request", static (form, _) => form["code_challenge"] = ProtocolWorld.Challenge[..42] + "="),
        ("RFC 7636 §4.2: a challenge in base64", "invalid_request", static (form, _) => form["code_challenge"] = ProtocolWorld.Challenge.Replace('-', '+')),
        ("RFC 7636 §4.2: a challenge that no bytes have", "invalid_request", static (form, _) => form["code_challenge"] = ProtocolWorld.Challenge[..42] + "N"),
        ("RFC 8707 §2: no resource", Page, static (form, _) => form["resource"] = null),
        ("RFC 8707 §2: a brain", Page, static (form, world) => form["resource"] = world.Finance),
        ("RFC 8707 §2: the server's root", Page, static (form, world) => form["resource"] = world.Issuer),
        ("RFC 8707 §2: the server's root with a slash", Page, static (form, world) => form["resource"] = world.Issuer + "/"),
        ("RFC 3986 §6.2.2.1: a scheme in upper case", Page, static (form, world) => form["resource"] = world.Default.Replace("http://", "HTTP://", StringComparison.Ordinal)),
        ("RFC 8707 §2: another server", "invalid_target", static (form, _) => form["resource"] = "https://evil.example/mcp"),
        ("RFC 8707 §2: a brain that there is not", "invalid_target", static (form, world) => form["resource"] = world.Issuer + "/brains/nothing/mcp"),
        ("RFC 8707 §2: no URI", "invalid_target", static (form, _) => form["resource"] = "mcp"),
        ("RFC 8707 §2: a fragment", "invalid_target", static (form, world) => form["resource"] = world.Default + "#x"),
        ("RFC 8707 §2: a query", "invalid_target", static (form, world) => form["resource"] = world.Default + "?brain=finance"),
        ("RFC 8707 §2: user information", "invalid_target", static (form, world) => form["resource"] = world.Default.Replace("http://", "http://u@", StringComparison.Ordinal)),
        ("RFC 8707 §2: dot segments", "invalid_target", static (form, world) => form["resource"] = world.Issuer + "/brains/../mcp"),
        ("RFC 6749 §3.3: no scope", Page, static (form, _) => form["scope"] = null),
        ("RFC 6749 §3.3: all scopes", Page, static (form, _) => form["scope"] = ScopeSetNames()),
        ("RFC 6749 §3.3: unknown scopes beside a known one", Page, static (form, _) => form["scope"] = "openid agent-brain:read offline_access email"),
        ("RFC 6749 §3.3: unknown scopes alone", "invalid_scope", static (form, _) => form["scope"] = "openid offline_access"),
        ("RFC 6749 §3.3: a scope in another case", "invalid_scope", static (form, _) => form["scope"] = "Agent-Brain:Read"),
        ("RFC 9101: a request object", "request_not_supported", static (form, _) => form["request"] = "eyJhbGciOiJub25lIn0.e30."),
        ("RFC 9101: a request_uri from elsewhere", ErrorPage, static (form, _) => form["request_uri"] = "https://evil.example/request"),
        ("RFC 9126 §4: a request_uri that nobody pushed", ErrorPage, static (form, _) => form["request_uri"] = "urn:ietf:params:oauth:request_uri:nothing"),
        ("RFC 9449 §10: dpop_jkt", Page, static (form, _) => form["dpop_jkt"] = ProtocolWorld.Challenge),
        ("RFC 9449 §10: dpop_jkt that is no thumbprint", "invalid_request", static (form, _) => form["dpop_jkt"] = "junk"),
    ];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_request_is_answered_where_it_belongs(string name, string expected)
    {
        var form = ProtocolWorld.AuthorizeForm();
        Cases.Single(row => row.Name == name).Bend(form, world);

        var reply = await world.AuthorizeAsync(form);

        switch (expected)
        {
            case Page:
                Assert.Equal(200, reply.Status);
                Assert.Contains("<form", reply.Body, StringComparison.Ordinal);
                break;
            case ErrorPage:
                Assert.Equal(400, reply.Status);
                Assert.Equal("", reply.Header("Location"));
                Assert.DoesNotContain("evil.example", reply.Body, StringComparison.Ordinal);
                break;
            default:
                AssertRedirected(reply, expected);
                break;
        }

        Assert.Contains("no-store", reply.Header("Cache-Control"), StringComparison.Ordinal);
        Assert.DoesNotContain("openiddict", reply.Body + reply.Header("Location"), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("&state=b")]
    [InlineData("&scope=agent-brain:admin")]
    [InlineData("&code_challenge=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("&STATE=b")]
    public async Task RFC_6749_3_1_a_repeated_parameter_goes_back_to_the_client(string more) =>
        AssertRedirected(await world.AuthorizeAsync(ProtocolWorld.AuthorizeForm(), more), "invalid_request", hasState: !more.Contains("state", StringComparison.OrdinalIgnoreCase));

    [Theory]
    [InlineData("&client_id=another-editor")]
    [InlineData("&redirect_uri=https%3A%2F%2Fevil.example%2F")]
    public async Task RFC_6749_3_1_a_repeated_client_or_redirect_goes_nowhere(string more)
    {
        var reply = await world.AuthorizeAsync(ProtocolWorld.AuthorizeForm(), more);

        Assert.Equal((400, ""), (reply.Status, reply.Header("Location")));
    }

    [Fact]
    public async Task RFC_8707_two_resources_are_one_too_many()
    {
        var form = ProtocolWorld.AuthorizeForm();
        form["resource"] = world.Default;

        AssertRedirected(await world.AuthorizeAsync(form, "&resource=" + Uri.EscapeDataString(world.Finance)), "invalid_target");
    }

    [Fact]
    public async Task RFC_9700_4_11_nobody_is_redirected_before_the_owner_signed_in()
    {
        using var stranger = OwnerBrowser.Open(world.Brain);
        using var response = await stranger.Get($"{EndpointPaths.Authorize}?client_id={ProtocolWorld.Editor}&response_type=token&redirect_uri={Uri.EscapeDataString(ProtocolWorld.Redirect)}");

        Assert.Equal(303, (int)response.StatusCode);
        Assert.StartsWith("/sign-in?", response.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RFC_9207_a_pushed_request_that_goes_wrong_is_answered_with_the_issuer_too()
    {
        var form = ProtocolWorld.AuthorizeForm();
        form["response_mode"] = "query";
        var pushed = await world.PostAsync(EndpointPaths.PushedAuthorization, form);
        var reply = await world.AuthorizeAsync(new() { ["client_id"] = ProtocolWorld.Editor, ["request_uri"] = pushed.Field("request_uri"), ["request"] = "x" });

        // The parameter beside it is judged before anything is opened, and so there is nowhere to send it.
        Assert.Equal((400, ""), (reply.Status, reply.Header("Location")));
    }

    private void AssertRedirected(ProtocolReply reply, string error, bool hasState = true)
    {
        Assert.True(reply.Status == 302, $"{reply.Status} {reply.Header("Location")} {reply.Body}");
        Assert.StartsWith(ProtocolWorld.Redirect + "?", reply.Header("Location"), StringComparison.Ordinal);
        Assert.Equal(error, reply.Redirected("error"));
        Assert.Equal(hasState ? "a state/with?odd&signs" : null, reply.Redirected("state"));
        Assert.Equal(world.Issuer, reply.Redirected("iss"));
        Assert.Null(reply.Redirected("error_uri"));
        Assert.Null(reply.Redirected("code"));
    }

    private static string ScopeSetNames() => string.Join(' ', AgentBrain.OAuth.Scopes.ScopeSetText.Vocabulary);
}

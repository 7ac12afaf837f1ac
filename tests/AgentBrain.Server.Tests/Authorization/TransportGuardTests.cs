using System.Net;
using System.Text;
using AgentBrain.Server.Authorization;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.Authorization;

public sealed class TransportGuardTests
{
    private const string Json = "Content-Type: application/json\nAccept: application/json, text/event-stream\n";

    [Theory]
    [InlineData("127.0.0.1:PORT", 200)]
    [InlineData("localhost:PORT", 200)]
    [InlineData("LocalHost:PORT", 200)]
    [InlineData("[::1]:PORT", 200)]
    [InlineData("127.0.0.2:PORT", 200)]
    [InlineData("evil.example", 403)]
    [InlineData("evil.example:PORT", 403)]
    [InlineData("localhost.evil.example:PORT", 403)]
    [InlineData("127.0.0.1.evil.example:PORT", 403)]
    [InlineData("localhost", 403)]
    [InlineData("127.0.0.1", 403)]
    [InlineData("127.0.0.1:80", 403)]
    [InlineData("127.0.0.1:0PORT", 403)]
    [InlineData("localhost.:PORT", 403)]
    [InlineData("127.1:PORT", 403)]
    [InlineData("0x7f000001:PORT", 403)]
    [InlineData("2130706433:PORT", 403)]
    [InlineData("0.0.0.0:PORT", 403)]
    [InlineData("192.168.0.1:PORT", 403)]
    [InlineData("::1:PORT", 400)]
    [InlineData("[::ffff:10.0.0.1]:PORT", 403)]
    [InlineData("localhost:PORT:PORT", 400)]
    [InlineData("", 403)]
    public async Task A_rebound_name_is_refused_by_its_Host(string host, int expected)
    {
        await using var brain = await TestBrain.StartNone();
        var value = host.Replace("PORT", brain.Port.ToString());

        var response = await RawHttp.Send(brain.Port, $"POST /mcp HTTP/1.1\nHost: {value}\n{Json}Content-Length: {Messages.Initialize.Length}", Encoding.UTF8.GetBytes(Messages.Initialize));

        Assert.Equal(expected, response.Status);
        Assert.Equal(expected == 403, response.Body.Contains("host_not_allowed"));
    }

    [Theory]
    [InlineData("https://brain.example", "brain.example", true)]
    [InlineData("https://brain.example", "Brain.Example:443", true)]
    [InlineData("https://brain.example:443", "brain.example:443", true)]
    [InlineData("http://[::1]", "[::1]:80", true)]
    [InlineData("https://brain.example", "brain.example:80", false)]
    [InlineData("https://brain.example", "brain.example:0443", false)]
    [InlineData("https://brain.example", "brain.example:", false)]
    [InlineData("https://brain.example", "evil.example:443", false)]
    [InlineData("https://brain.example:8443", "brain.example:8443", true)]
    [InlineData("https://brain.example:8443", "brain.example:443", false)]
    [InlineData("https://brain.example:8443", "brain.example", false)]
    public async Task The_public_URLs_host_may_say_the_port_that_its_scheme_has_anyway(string url, string host, bool isAllowed)
    {
        await using var brain = await TestBrain.StartNone();
        var policy = new HostPolicy(brain.Services.GetRequiredService<ServerSettings>() with { PublicUrl = new Uri(url) });
        var context = new DefaultHttpContext();
        context.Request.Headers.Host = host;
        context.Connection.LocalPort = 5000;

        Assert.Equal(isAllowed, policy.AllowsHost(context));
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.8.8.8", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("192.168.1.21", false)]
    [InlineData("::ffff:192.168.1.21", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData(null, false)]
    public async Task Only_a_caller_over_loopback_is_the_local_one(string? address, bool isLocal)
    {
        await using var brain = await TestBrain.StartNone();
        var context = new DefaultHttpContext { RequestServices = brain.Services };
        context.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
        context.Features.Set(brain.Services.GetRequiredService<ResourceMap>().All.First());

        var result = await context.AuthenticateAsync(LocalAuthenticationHandler.SchemeName);

        Assert.True(result.Succeeded);
        Assert.Equal(isLocal, Caller.From(result.Principal).IsLocal);
    }

    [Theory]
    [InlineData("Host: localhost:PORT\nHost: evil.example")]
    [InlineData("Host: user@localhost:PORT")]
    [InlineData("Host: localhost:PORT@evil.example")]
    [InlineData("X-Nothing: 1")]
    public async Task A_malformed_or_double_Host_is_refused(string header)
    {
        await using var brain = await TestBrain.StartNone();

        var response = await RawHttp.Send(brain.Port, $"GET /health HTTP/1.1\n{header.Replace("PORT", brain.Port.ToString())}");

        Assert.InRange(response.Status, 400, 403);
    }

    [Theory]
    [InlineData("http://localhost:6274", true)]
    [InlineData("http://127.0.0.1:3000", true)]
    [InlineData("https://localhost", true)]
    [InlineData("http://[::1]:6274", true)]
    [InlineData("null", false)]
    [InlineData("", false)]
    [InlineData("http://evil.example", false)]
    [InlineData("http://localhost.evil.example", false)]
    [InlineData("http://evil.example/localhost", false)]
    [InlineData("http://localhost:6274@evil.example", false)]
    [InlineData("http://user@localhost:6274", false)]
    [InlineData("http://localhost.:6274", false)]
    [InlineData("HTTP://localhost:6274", false)]
    [InlineData("http://LOCALHOST:6274", false)]
    [InlineData("http://localhost:99999", false)]
    [InlineData("http://127.1:6274", false)]
    [InlineData("http://localhost:6274/", false)]
    [InlineData("file://", false)]
    [InlineData("chrome-extension://abcdef", false)]
    [InlineData("https://app.example.com", true)]
    [InlineData("https://APP.example.com", false)]
    [InlineData("https://app.example.com:444", false)]
    [InlineData("http://app.example.com", false)]
    [InlineData("https://sub.app.example.com", false)]
    [InlineData("https://app.example.com.evil.example", false)]
    public async Task A_page_of_another_origin_is_refused(string origin, bool allowed)
    {
        await using var brain = await TestBrain.StartNone(null, "--AGENT_BRAIN_ALLOWED_ORIGINS=https://app.example.com");
        using var request = brain.Post(Messages.Initialize);
        request.Headers.TryAddWithoutValidation("Origin", origin);

        using var response = await brain.Client.SendAsync(request);

        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(allowed, response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Two_Origin_headers_are_refused_even_when_both_are_allowed()
    {
        await using var brain = await TestBrain.StartNone();

        var response = await RawHttp.Send(brain.Port, $"GET /health HTTP/1.1\nHost: localhost:{brain.Port}\nOrigin: http://localhost:1\nOrigin: http://localhost:1");

        Assert.Equal(403, response.Status);
    }

    [Theory]
    [InlineData("text/plain", 415)]
    [InlineData("text/plain; charset=utf-8", 415)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("multipart/form-data; boundary=x", 415)]
    [InlineData("application/json-patch+json", 415)]
    [InlineData("application/json; charset=utf-16", 415)]
    [InlineData("application/json; charset=utf-8; charset=utf-16", 415)]
    [InlineData("application/json; charset=utf-7", 415)]
    [InlineData("application/json; profile=x", 415)]
    [InlineData("application/json, text/plain", 415)]
    [InlineData("", 415)]
    [InlineData("application/json", 200)]
    [InlineData("Application/JSON; Charset=\"UTF-8\"", 200)]
    public async Task A_cross_site_form_or_text_post_is_refused_by_its_content_type(string type, int expected)
    {
        await using var brain = await TestBrain.StartNone();

        var response = await RawHttp.Send(
            brain.Port,
            $"POST /mcp HTTP/1.1\nHost: localhost:{brain.Port}\nAccept: application/json, text/event-stream\nContent-Type: {type}\nContent-Length: {Messages.Initialize.Length}",
            Encoding.UTF8.GetBytes(Messages.Initialize));

        Assert.Equal(expected, response.Status);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("identity")]
    [InlineData("br, gzip")]
    public async Task An_encoded_body_is_refused(string encoding)
    {
        await using var brain = await TestBrain.StartNone();
        using var request = brain.Post(Messages.Initialize);
        request.Content!.Headers.TryAddWithoutValidation("Content-Encoding", encoding);

        using var response = await brain.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Theory]
    [InlineData("Forwarded: for=1.2.3.4")]
    [InlineData("X-Forwarded-For: 1.2.3.4")]
    [InlineData("X-Forwarded-Host: brain.example")]
    [InlineData("x-forwarded-anything: 1")]
    [InlineData("Via: 1.1 proxy")]
    [InlineData("CF-Connecting-IP: 1.2.3.4")]
    [InlineData("X-Real-IP: 1.2.3.4")]
    public async Task In_mode_none_what_came_through_a_tunnel_is_refused_and_the_log_says_why(string header)
    {
        await using var brain = await TestBrain.StartNone();

        var response = await RawHttp.Send(brain.Port, $"GET /health HTTP/1.1\nHost: localhost:{brain.Port}\n{header}");

        Assert.Equal(403, response.Status);
        Assert.Contains("forwarded_in_mode_none", response.Body);
        Assert.Contains(brain.Log.Lines, line => line.Contains(header.Split(':')[0]) && line.Contains("use basic behind one"));
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("HEAD")]
    [InlineData("PATCH")]
    [InlineData("TRACE")]
    [InlineData("get")]
    [InlineData("FOO")]
    public async Task Another_verb_is_not_allowed(string verb)
    {
        await using var brain = await TestBrain.StartNone();

        var response = await RawHttp.Send(brain.Port, $"{verb} /mcp HTTP/1.1\nHost: localhost:{brain.Port}");

        Assert.Equal(405, response.Status);
        Assert.Contains("Allow: GET, POST, DELETE, OPTIONS", response.Head);
    }

    [Theory]
    [InlineData("/MCP")]
    [InlineData("/mcp/")]
    [InlineData("/Mcp")]
    [InlineData("/%6dcp/")]
    [InlineData("//mcp")]
    [InlineData("/brains/other/mcp")]
    [InlineData("/.well-known/oauth-protected-resource")]
    [InlineData("/.well-known/oauth-protected-resource/mcp")]
    [InlineData("/.well-known/oauth-authorization-server")]
    [InlineData("/register")]
    [InlineData("/sse")]
    public async Task Another_path_is_not_there(string path)
    {
        await using var brain = await TestBrain.StartBasic();

        var response = await RawHttp.Send(brain.Port, $"GET {path} HTTP/1.1\nHost: localhost:{brain.Port}\nAccept: text/event-stream");

        Assert.Equal(404, response.Status);
        Assert.DoesNotContain("WWW-Authenticate", response.Head);
    }

    [Fact]
    public async Task Headers_above_sixteen_KiB_are_refused()
    {
        await using var brain = await TestBrain.StartNone();

        var response = await RawHttp.Send(brain.Port, $"GET /health HTTP/1.1\nHost: localhost:{brain.Port}\nX-A: {new string('a', 9000)}\nX-B: {new string('b', 9000)}");

        Assert.Equal(431, response.Status);
    }

    [Fact]
    public async Task A_preflight_is_answered_without_a_token_and_lets_through_only_the_protocols_headers()
    {
        await using var brain = await TestBrain.StartBasic(null, "--AGENT_BRAIN_ALLOWED_ORIGINS=https://app.example.com");
        using var request = new HttpRequestMessage(HttpMethod.Options, "/mcp");
        request.Headers.Add("Origin", "https://app.example.com");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type,mcp-session-id,mcp-protocol-version,dpop,x-other");

        using var response = await brain.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("https://app.example.com", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("authorization, content-type, mcp-session-id, mcp-protocol-version, dpop", response.Headers.GetValues("Access-Control-Allow-Headers").Single());
        Assert.False(response.Headers.Contains("Access-Control-Allow-Credentials"));
        Assert.Contains("Origin", string.Join(',', response.Headers.Vary));
    }

    [Fact]
    public async Task A_preflight_of_another_origin_is_refused()
    {
        await using var brain = await TestBrain.StartBasic();
        using var request = new HttpRequestMessage(HttpMethod.Options, "/mcp");
        request.Headers.Add("Origin", "https://evil.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");

        using var response = await brain.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task A_browser_may_read_the_challenge_and_no_cache_may_keep_the_answer()
    {
        await using var brain = await TestBrain.StartBasic();
        using var request = brain.Post(Messages.Ping);
        request.Headers.Add("Origin", "http://localhost:6274");

        using var response = await brain.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("WWW-Authenticate, DPoP-Nonce, Mcp-Session-Id", response.Headers.GetValues("Access-Control-Expose-Headers").Single());
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal(["Authorization", "Origin"], response.Headers.Vary);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
    }
}

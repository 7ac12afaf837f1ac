using System.Net;
using System.Text;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.Pages;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.AuthorizationServer.Pages;

/// <summary>Headers of all pages, and which forms may change something (SR-29).</summary>
public sealed class PageGuardTests : IAsyncLifetime
{
    private TestBrain _brain = null!;
    private OwnerBrowser _browser = null!;

    private string Origin => _brain.Url.GetLeftPart(UriPartial.Authority);

    public async ValueTask InitializeAsync()
    {
        _brain = await OwnerBrowser.StartServer();
        _browser = await OwnerBrowser.SetUp(_brain);
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _brain.DisposeAsync();
    }

    [Fact]
    public async Task Clickjacking_headers_are_on_every_page_endpoint_there_is()
    {
        var pages = Endpoints().Where(endpoint => endpoint.Metadata.GetMetadata<PageEndpoint>() is not null)
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"]).Select(method => (Path: "/" + endpoint.RoutePattern.RawText!.TrimStart('/'), Method: method)))
            .ToList();

        Assert.Contains((EndpointPaths.Authorize, "GET"), pages);
        Assert.Contains((EndpointPaths.Consent, "POST"), pages);
        Assert.Contains((EndpointPaths.Console, "GET"), pages);
        Assert.True(pages.Count > 10);
        foreach (var (path, method) in pages)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            using var response = await _browser.Client.SendAsync(request);
            AssertHeaders(response, $"{method} {path}");
        }
    }

    [Fact]
    public void Every_page_of_the_authorization_server_is_marked_as_one()
    {
        string[] paths = [EndpointPaths.Authorize, EndpointPaths.Consent, EndpointPaths.Console, EndpointPaths.ConsoleRevokeGrant, EndpointPaths.ConsoleRemoveClient, EndpointPaths.SignIn, EndpointPaths.Setup, EndpointPaths.Account];

        foreach (var path in paths)
            Assert.All(Endpoints().Where(endpoint => endpoint.RoutePattern.RawText == path && endpoint is RouteEndpoint), endpoint => Assert.NotNull(endpoint.Metadata.GetMetadata<PageEndpoint>()));
    }

    [Fact]
    public async Task Scripts_run_only_where_the_endpoint_says_so()
    {
        using var console = await _browser.Get(EndpointPaths.Console);

        Assert.DoesNotContain("script-src", console.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("<script", await console.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("own", "same-origin", true)]
    [InlineData("own", null, true)]
    [InlineData(null, "same-origin", true)]
    [InlineData("null", "same-origin", true)]
    [InlineData("null", null, false)]
    [InlineData(null, null, false)]
    [InlineData("own", "cross-site", false)]
    [InlineData("own", "same-site", false)]
    [InlineData("own", "none", false)]
    [InlineData("null", "cross-site", false)]
    [InlineData("https://evil.example", null, false)]
    [InlineData("https://evil.example", "same-origin", false)]
    [InlineData("", "same-origin", false)]
    public async Task CSRF_a_form_is_taken_only_from_an_own_page(string? origin, string? site, bool isTaken)
    {
        var token = OwnerBrowser.Token(await _browser.Read(EndpointPaths.Account));

        using var response = await Send(token, origin == "own" ? Origin : origin, site);

        Assert.True(response.StatusCode == (isTaken ? HttpStatusCode.OK : HttpStatusCode.Forbidden), await response.Content.ReadAsStringAsync());
        if (!isTaken)
            Assert.Contains(Reasons.FormCrossSite, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https")]
    [InlineData("port")]
    [InlineData("localhost")]
    [InlineData("suffix")]
    public async Task CSRF_an_origin_that_resembles_our_own_is_another(string how)
    {
        var token = OwnerBrowser.Token(await _browser.Read(EndpointPaths.Account));
        var origin = how switch
        {
            "https" => Origin.Replace("http://", "https://", StringComparison.Ordinal),
            "port" => $"http://127.0.0.1:{_brain.Port + 1}",
            "localhost" => $"http://localhost:{_brain.Port}",
            _ => Origin + ".evil.example",
        };

        using var response = await Send(token, origin, "same-origin");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("made up")]
    public async Task CSRF_a_form_without_its_token_is_refused(string? token)
    {
        await _browser.Read(EndpointPaths.Account);

        using var response = await Send(token, Origin, "same-origin");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains(Reasons.FormToken, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CSRF_a_token_of_another_browser_is_refused()
    {
        using var other = OwnerBrowser.Open(_brain);
        var token = OwnerBrowser.Token(await other.Read(EndpointPaths.SignIn));

        using var response = await Send(token, Origin, "same-origin");

        Assert.Contains(Reasons.FormToken, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CSRF_reading_changes_nothing()
    {
        await _brain.Services.GetRequiredService<AuthorityStore>().WriteAsync(database => Task.FromResult(database.Grants.Add(new GrantRecord
        {
            Id = "grant",
            Subject = "owner",
            ClientId = "editor",
            MetadataDigest = "digest",
            Resource = Origin + "/mcp",
            Scopes = ScopeSet.Read,
        })));

        using var response = await _browser.Get(EndpointPaths.ConsoleRevokeGrant + "?id=grant");

        Assert.False(response.IsSuccessStatusCode);
        Assert.Null(await _brain.Services.GetRequiredService<AuthorityStore>().ReadAsync(database => database.Grants.Select(grant => grant.RevokedAt).SingleAsync()));
    }

    [Theory]
    [InlineData("application/json", "{}")]
    [InlineData("text/plain", "form=x")]
    [InlineData("multipart/form-data; boundary=x", "--x--")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7", "form=x")]
    public async Task Only_plain_forms_are_taken(string type, string body)
    {
        using var content = new StringContent(body);
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        using var response = await Send(content, Origin, "same-origin");

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Theory]
    [InlineData(70_000, 1, false)]
    [InlineData(70_000, 1, true)]
    [InlineData(10, 100, false)]
    [InlineData(20_000, 1, false)]
    public async Task A_form_is_bounded_in_size_and_fields(int length, int fields, bool isChunked)
    {
        var body = string.Join('&', Enumerable.Range(0, fields).Select(i => $"f{i}={new string('a', length)}"));
        using var content = isChunked ? (HttpContent)new StreamContent(new MemoryStream(Encoding.ASCII.GetBytes(body))) : new StringContent(body);
        content.Headers.ContentType = new("application/x-www-form-urlencoded");
        if (isChunked)
            content.Headers.ContentLength = null;

        using var response = await Send(content, Origin, "same-origin", isChunked);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task The_style_sheet_may_be_kept_for_a_year_by_its_digest()
    {
        var page = await _browser.Read(EndpointPaths.Account);
        var at = page.IndexOf(EndpointPaths.Styles + "?v=", StringComparison.Ordinal);
        var href = page[at..page.IndexOf('"', at)];

        using var first = await _browser.Get(href);

        Assert.Equal("text/css", first.Content.Headers.ContentType!.MediaType);
        Assert.Equal(TimeSpan.FromDays(365), first.Headers.CacheControl!.MaxAge);
        using var again = new HttpRequestMessage(HttpMethod.Get, href);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await _browser.Client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        using var post = await _browser.Client.PostAsync(href, null);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
    }

    [Fact]
    public async Task Pages_load_nothing_from_elsewhere_and_have_no_inline_styles()
    {
        foreach (var path in new[] { EndpointPaths.SignIn, EndpointPaths.Console, EndpointPaths.Account })
        {
            var page = await _browser.Read(path);
            Assert.DoesNotContain("style=", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<style", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("src=\"http", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("href=\"http", page, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task The_tokens_cookie_is_closed_to_scripts_and_other_sites()
    {
        using var fresh = OwnerBrowser.Open(_brain);
        using var response = await fresh.Get(EndpointPaths.SignIn);

        var cookie = response.Headers.GetValues("Set-Cookie").Single(value => value.StartsWith("ab-form=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/;", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("text/html,application/xhtml+xml", true)]
    [InlineData("application/json", false)]
    [InlineData(null, false)]
    public async Task A_browser_gets_a_page_for_what_is_not_there_and_a_program_does_not(string? accept, bool isPage)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/nothing/<script>");
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);

        using var response = await _browser.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        var body = await response.Content.ReadAsStringAsync();
        Assert.Equal(isPage, body.Contains("There is nothing here", StringComparison.Ordinal));
        Assert.DoesNotContain("<script", body, StringComparison.Ordinal);
        if (isPage)
            AssertHeaders(response, "/nothing");
    }

    [Fact]
    public async Task A_browser_that_asks_too_often_gets_a_page()
    {
        await using var strict = await OwnerBrowser.StartServer(null, "--AGENT_BRAIN_RATE_PER_ADDRESS=2");
        using var browser = OwnerBrowser.Open(strict);
        browser.Client.DefaultRequestHeaders.TryAddWithoutValidation("Accept", "text/html");
        HttpResponseMessage? refused = null;
        for (var i = 0; i < 20 && refused is null; i++)
        {
            var response = await browser.Get(EndpointPaths.SignIn);
            refused = response.StatusCode == HttpStatusCode.TooManyRequests ? response : null;
        }

        Assert.NotNull(refused);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Contains("Too many requests", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        AssertHeaders(refused, EndpointPaths.SignIn);
    }

    private IEnumerable<RouteEndpoint> Endpoints() => _brain.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private static void AssertHeaders(HttpResponseMessage response, string path)
    {
        string One(string name) => response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "";
        var policy = One("Content-Security-Policy");
        Assert.True(policy.StartsWith("default-src 'none';", StringComparison.Ordinal), path);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("base-uri 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("form-action 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("DENY", One("X-Frame-Options"));
        Assert.Equal("no-referrer", One("Referrer-Policy"));
        Assert.Equal("same-origin", One("Cross-Origin-Opener-Policy"));
        Assert.Contains("no-store", One("Cache-Control"), StringComparison.Ordinal);
        Assert.Equal("nosniff", One("X-Content-Type-Options"));
        Assert.Contains("camera=()", One("Permissions-Policy"), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> Send(string? token, string? origin, string? site)
    {
        KeyValuePair<string, string>[] hidden = token is null ? [] : [new("form", token)];
        using var content = new FormUrlEncodedContent(hidden);
        return await Send(content, origin, site);
    }

    /// <summary>To a form that does no harm: revoking what is not there.</summary>
    private async Task<HttpResponseMessage> Send(HttpContent content, string? origin, string? site, bool isChunked = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, EndpointPaths.ConsoleRevokeGrant) { Content = content };
        if (isChunked)
            request.Headers.TransferEncodingChunked = true;
        if (origin is not null)
            request.Headers.TryAddWithoutValidation("Origin", origin);
        if (site is not null)
            request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", site);
        return await _browser.Client.SendAsync(request);
    }
}

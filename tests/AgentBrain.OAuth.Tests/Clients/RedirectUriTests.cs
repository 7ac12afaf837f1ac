using AgentBrain.OAuth.Clients;

namespace AgentBrain.OAuth.Tests.Clients;

/// <summary>Which redirect URIs there are, and which answers to which (RFC 8252 §7, OAuth 2.1 §2.3.1).</summary>
public sealed class RedirectUriTests
{
    [Theory]
    [InlineData("http://127.0.0.1/callback", RedirectUriKind.Loopback, "127.0.0.1", null, "/callback")]
    [InlineData("http://127.0.0.1:33418", RedirectUriKind.Loopback, "127.0.0.1", 33418, "")]
    [InlineData("http://[::1]:80/cb?a=b", RedirectUriKind.Loopback, "[::1]", 80, "/cb?a=b")]
    [InlineData("http://localhost:65535/", RedirectUriKind.Loopback, "localhost", 65535, "/")]
    [InlineData("https://Vscode.dev/redirect", RedirectUriKind.Https, "vscode.dev", null, "/redirect")]
    [InlineData("https://vscode.dev?x", RedirectUriKind.Https, "vscode.dev", null, "?x")]
    [InlineData("https://localhost:8443/cb", RedirectUriKind.Https, "localhost", 8443, "/cb")]
    [InlineData("https://192.0.2.7/cb", RedirectUriKind.Https, "192.0.2.7", null, "/cb")]
    [InlineData("https://[2001:db8::1]/cb", RedirectUriKind.Https, "[2001:db8::1]", null, "/cb")]
    [InlineData("https://xn--bcher-kva.example/%C3%BC", RedirectUriKind.Https, "xn--bcher-kva.example", null, "/%C3%BC")]
    [InlineData("cursor://anysphere.cursor-mcp/oauth/callback", RedirectUriKind.PrivateUse, "anysphere.cursor-mcp", null, "/oauth/callback")]
    [InlineData("vscode://editor:1/x", RedirectUriKind.PrivateUse, "editor", 1, "/x")]
    [InlineData("com.example.app:/oauth", RedirectUriKind.PrivateUse, "", null, "/oauth")]
    public void What_is_a_redirect_uri_is_taken_apart(string text, RedirectUriKind kind, string host, int? port, string rest)
    {
        Assert.True(RedirectUri.TryRead(text, out var uri, out var problem));

        Assert.Null(problem);
        Assert.Equal((text, kind, host, port, rest), (uri.Text, uri.Kind, uri.Host, uri.Port, uri.PathAndQuery));
        Assert.True(RedirectUri.Matches(text, text));
    }

    public static TheoryData<string, string> Refused => new()
    {
        { "", "is empty" },
        { "https://example.com/" + new string('a', 1981), "longer" },
        { "https://example.com/cb#part", "fragment" },
        { "https://example.com/cb#", "fragment" },
        { "https://*.example.com/cb", "wildcard" },
        { "https://example.com/*", "wildcard" },
        { "https://example.com/c b", "escape" },
        { "https://example.com/\u0000", "escape" },
        { "https://example.com/\r\nLocation:x", "escape" },
        { "https://example.com\\@evil.example/", "escape" },
        { "https://ex\u00e4mple.com/", "escape" },
        { "https://example.com/%", "percent" },
        { "https://example.com/%2", "percent" },
        { "https://example.com/%zz", "percent" },
        { "/callback", "no scheme" },
        { "//example.com/callback", "no scheme" },
        { "HTTPS://example.com/cb", "lower case" },
        { "1a.b://example.com/cb", "no scheme" },
        { "javascript:alert(1)", "scheme" },
        { "javascript://example.com/%0aalert(1)", "scheme" },
        { "data:text/html,x", "scheme" },
        { "vbscript:x", "scheme" },
        { "file:///etc/passwd", "scheme" },
        { "about:blank", "scheme" },
        { "blob:https://example.com/1", "scheme" },
        { "ftp://example.com/", "scheme" },
        { "mailto:a@example.com", "scheme" },
        { "myapp://callback", "scheme" },
        { "intent://x", "scheme" },
        { "http://example.com/cb", "http off" },
        { "http://127.0.0.2/cb", "http off" },
        { "http://127.1/cb", "http off" },
        { "http://0x7f000001/cb", "http off" },
        { "http://2130706433/cb", "http off" },
        { "http://localhost.example.com/cb", "http off" },
        { "http://localhost./cb", "http off" },
        { "http://[::ffff:127.0.0.1]/cb", "http off" },
        { "http://[0:0:0:0:0:0:0:1]/cb", "http off" },
        { "https:/example.com/cb", "form" },
        { "https:example.com", "form" },
        { "https:///cb", "form" },
        { "https://user@example.com/cb", "user info" },
        { "https://user:pw@example.com/cb", "user info" },
        { "http://127.0.0.1:80@evil.example/cb", "user info" },
        { "https://example.com:/cb", "form" },
        { "https://example.com:0/cb", "form" },
        { "https://example.com:080/cb", "form" },
        { "https://example.com:65536/cb", "form" },
        { "https://example.com:1x/cb", "form" },
        { "https://[::1/cb", "form" },
        { "https://[::1]x/cb", "form" },
        { "https://ex%61mple.com/cb", "form" },
        { "https://example.com/a/../b", "dot segments" },
        { "https://example.com/./b", "dot segments" },
        { "https://example.com/%2e%2E/b", "dot segments" },
        { "https://example.com/.", "dot segments" },
        { "https://intranet/cb", "host" },
        { "https://example.1/cb", "host" },
        { "https://1.2.3.04/cb", "host" },
        { "https://example..com/cb", "host" },
        { "https://-example.com/cb", "host" },
        { "https://[::ffff]x/cb", "form" },
        { "https://[fe80::1%25eth0]/cb", "form" },
        { "com.example.app:callback", "form" },
        { "com.example.app:///callback", "form" },
        { "com.example.app://user@host/cb", "user info" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Everything_else_is_refused(string text, string because)
    {
        Assert.False(RedirectUri.TryRead(text, out var uri, out var problem));

        Assert.Null(uri);
        Assert.Contains(because, problem, StringComparison.Ordinal);
        Assert.False(RedirectUri.Matches(text, text), "What is none matches nothing, not even itself.");
        Assert.True(text.Length < 8 || !problem.Contains(text, StringComparison.Ordinal), "The problem must not repeat what a stranger wrote.");
    }

    [Fact]
    public void Nothing_is_no_redirect_uri() => Assert.False(RedirectUri.TryRead(null, out _, out _));

    [Theory]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:51004/callback")]
    [InlineData("http://127.0.0.1:1/callback", "http://127.0.0.1/callback")]
    [InlineData("http://[::1]/callback", "http://[::1]:9/callback")]
    [InlineData("http://localhost/cb?x=1", "http://localhost:51004/cb?x=1")]
    [InlineData("http://LOCALHOST/cb", "http://localhost:51004/cb")]
    public void A_loopback_address_may_have_any_port(string registered, string requested) => Assert.True(RedirectUri.Matches(registered, requested));

    [Theory]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:51004/callback/")]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:51004/Callback")]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:51004/callback?x=1")]
    [InlineData("http://127.0.0.1/callback", "http://localhost:51004/callback")]
    [InlineData("http://localhost/callback", "http://127.0.0.1:51004/callback")]
    [InlineData("http://127.0.0.1/callback", "http://[::1]:51004/callback")]
    [InlineData("http://localhost/callback", "https://localhost:51004/callback")]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:51004@evil.example/callback")]
    [InlineData("https://example.com/cb", "https://example.com:8443/cb")]
    [InlineData("https://example.com/cb", "https://example.com:443/cb")]
    [InlineData("https://example.com/cb", "https://example.com/cb/")]
    [InlineData("https://example.com/cb", "https://EXAMPLE.com/cb")]
    [InlineData("https://example.com/cb", "https://example.com.evil.example/cb")]
    [InlineData("https://localhost/cb", "https://localhost:8443/cb")]
    [InlineData("cursor://anysphere.cursor-mcp/cb", "cursor://anysphere.cursor-mcp:80/cb")]
    [InlineData("com.example.app:/cb", "com.example.app:/cb2")]
    public void Everything_else_is_compared_exactly(string registered, string requested) => Assert.False(RedirectUri.Matches(registered, requested));
}

using AgentBrain.OAuth.Dpop;

namespace AgentBrain.OAuth.Tests.Dpop;

/// <summary>RFC 3986 §6.2.2 and §6.2.3, as RFC 9449 §4.3 asks for them.</summary>
public sealed class TargetUriTests
{
    [Theory]
    [InlineData("https://brain.example/mcp", "https://brain.example/mcp")]
    [InlineData("HTTPS://BRAIN.Example/mcp", "https://brain.example/mcp")]
    [InlineData("https://brain.example:443/mcp", "https://brain.example/mcp")]
    [InlineData("https://brain.example:/mcp", "https://brain.example/mcp")]
    [InlineData("https://brain.example:0443/mcp", "https://brain.example/mcp")]
    [InlineData("http://brain.example:80/mcp", "http://brain.example/mcp")]
    [InlineData("http://brain.example:443/mcp", "http://brain.example:443/mcp")]
    [InlineData("https://brain.example:8443/mcp", "https://brain.example:8443/mcp")]
    [InlineData("https://[2001:DB8::1]:443/mcp", "https://[2001:db8::1]/mcp")]
    [InlineData("http://[::1]:5000/mcp", "http://[::1]:5000/mcp")]
    [InlineData("https://brain.example", "https://brain.example")]
    [InlineData("https://brain.example/", "https://brain.example")]
    [InlineData("https://brain.example?x", "https://brain.example")]
    [InlineData("https://brain.example/mcp/", "https://brain.example/mcp")]
    [InlineData("https://brain.example/mcp//", "https://brain.example/mcp/")]
    [InlineData("https://brain.example/mcp?a=%zz&b=/../", "https://brain.example/mcp")]
    [InlineData("https://brain.example/mcp#/../x", "https://brain.example/mcp")]
    [InlineData("https://brain.example/%6D%63p", "https://brain.example/mcp")]
    [InlineData("https://brain.example/%7ea", "https://brain.example/~a")]
    [InlineData("https://brain.example/a%2fb%c3%a4", "https://brain.example/a%2Fb%C3%A4")]
    [InlineData("https://brain.example/%256d", "https://brain.example/%256d")]
    [InlineData("https://brain.example/.../a..b/.c", "https://brain.example/.../a..b/.c")]
    public void A_URI_has_one_form(string uri, string expected) => Assert.Equal(expected, TargetUri.Normalize(uri));

    [Theory]
    [InlineData("")]
    [InlineData("/mcp")]
    [InlineData("//brain.example/mcp")]
    [InlineData("brain.example/mcp")]
    [InlineData("https:/brain.example/mcp")]
    [InlineData("https:brain.example/mcp")]
    [InlineData("ftp://brain.example/mcp")]
    [InlineData("wss://brain.example/mcp")]
    [InlineData(" https://brain.example/mcp")]
    [InlineData("https://brain.example/mcp ")]
    [InlineData("https://brain.example/m cp")]
    [InlineData("https://brain.example/mcp\n")]
    [InlineData("https://brain.example\\mcp")]
    [InlineData("https:\\\\brain.example/mcp")]
    [InlineData("https://br\u00e4in.example/mcp")]
    [InlineData("https://brain.example/m\u0441p")]
    [InlineData("https:///mcp")]
    [InlineData("https://?x")]
    [InlineData("https://../mcp")]
    [InlineData("https://.brain.example/mcp")]
    [InlineData("https://brain..example/mcp")]
    [InlineData("https://:443/mcp")]
    [InlineData("https://user@brain.example/mcp")]
    [InlineData("https://user:word@brain.example/mcp")]
    [InlineData("https://@brain.example/mcp")]
    [InlineData("https://brain.example%2eattacker.example/mcp")]
    [InlineData("https://brain.example,attacker.example/mcp")]
    [InlineData("https://brain.example:0/mcp")]
    [InlineData("https://brain.example:65536/mcp")]
    [InlineData("https://brain.example:000443/mcp")]
    [InlineData("https://brain.example:+443/mcp")]
    [InlineData("https://brain.example:44a/mcp")]
    [InlineData("https://brain.example:443:443/mcp")]
    [InlineData("https://[::1/mcp")]
    [InlineData("https://[]/mcp")]
    [InlineData("https://[::1]x/mcp")]
    [InlineData("https://[v1.x]/mcp")]
    [InlineData("https://brain.example/%")]
    [InlineData("https://brain.example/%4")]
    [InlineData("https://brain.example/%4g")]
    [InlineData("https://brain.example/% 4")]
    [InlineData("https://brain.example/./mcp")]
    [InlineData("https://brain.example/x/../mcp")]
    [InlineData("https://brain.example/x/%2e%2E/mcp")]
    [InlineData("https://brain.example/mcp/..")]
    [InlineData("https://brain.example/mcp/.")]
    public void What_is_not_one_absolute_http_URI_is_refused_and_not_repaired(string uri) => Assert.Null(TargetUri.Normalize(uri));

    [Fact]
    public void A_very_long_URI_is_refused()
    {
        const string Start = "https://brain.example/";
        Assert.NotNull(TargetUri.Normalize(Start + new string('x', 2048 - Start.Length)));
        Assert.Null(TargetUri.Normalize(Start + new string('x', 2049 - Start.Length)));
    }
}

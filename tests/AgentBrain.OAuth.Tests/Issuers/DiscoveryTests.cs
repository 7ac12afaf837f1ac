using System.Net;
using AgentBrain.OAuth.Issuers;
using AgentBrain.OAuth.Tests.Tokens;

namespace AgentBrain.OAuth.Tests.Issuers;

public sealed class DiscoveryTests : IDisposable
{
    private const string OAuth = "/.well-known/oauth-authorization-server/realm";
    private const string Inserted = "/.well-known/openid-configuration/realm";
    private const string Appended = "/realm/.well-known/openid-configuration";
    private readonly FakeIssuer _issuer = new(Signer.Ec("first"));

    public void Dispose() => _issuer.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("https://h", "https://h/.well-known/oauth-authorization-server https://h/.well-known/openid-configuration")]
    [InlineData("https://h/", "https://h/.well-known/oauth-authorization-server https://h/.well-known/openid-configuration")]
    [InlineData("https://h:8443/a/b/", "https://h:8443/.well-known/oauth-authorization-server/a/b https://h:8443/.well-known/openid-configuration/a/b https://h:8443/a/b/.well-known/openid-configuration")]
    public void Metadata_can_be_at_three_addresses(string issuer, string expected) => Assert.Equal(expected, string.Join(' ', IssuerMetadata.Addresses(issuer)));

    [Theory]
    [InlineData(OAuth)]
    [InlineData(Inserted)]
    [InlineData(Appended)]
    public async Task The_first_address_that_has_the_issuers_own_metadata_counts(string path)
    {
        _issuer.Answers.TryRemove(OAuth, out _);
        _issuer.Answers[path] = () => FakeIssuer.Json(FakeIssuer.Metadata(Claims.Issuer));

        Assert.True(await WarmAsync());
        Assert.Equal(path, _issuer.Paths.Reverse().Skip(1).First());
    }

    [Theory]
    [InlineData("https://issuer.example/realm/")]
    [InlineData("https://issuer.example/REALM")]
    [InlineData("https://issuer.example:443/realm")]
    [InlineData("https://evil.example")]
    public async Task Metadata_of_another_issuer_is_not_believed(string issuer)
    {
        foreach (var path in new[] { OAuth, Inserted, Appended })
            _issuer.Answers[path] = () => FakeIssuer.Json(FakeIssuer.Metadata(issuer));

        Assert.False(await WarmAsync());
        Assert.Equal(0, _issuer.Fetches);
    }

    [Theory]
    [InlineData("http://issuer.example/realm/jwks")]
    [InlineData("/realm/jwks")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user:secret@issuer.example/realm/jwks")]
    [InlineData("")]
    public async Task Keys_come_over_https_alone(string jwksUri)
    {
        _issuer.Answers[OAuth] = () => FakeIssuer.Json(FakeIssuer.Metadata(Claims.Issuer, jwksUri));

        Assert.False(await WarmAsync());
        Assert.Equal(0, _issuer.Fetches);
        Assert.Null(IssuerMetadata.ReadJwksUri(System.Text.Json.JsonElement.Parse(FakeIssuer.Metadata(Claims.Issuer, jwksUri)), Claims.Issuer, out var problem));
        Assert.NotNull(problem);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080/realm/jwks")]
    [InlineData("http://localhost/realm/jwks")]
    [InlineData("http://[::1]/realm/jwks")]
    public async Task On_loopback_http_will_do(string jwksUri) => Assert.True(await WarmAsync(Claims.Settings with { JwksUri = new Uri(jwksUri) }));

    [Fact]
    public async Task An_address_in_the_settings_is_used_and_nothing_else_is_asked()
    {
        Assert.True(await WarmAsync(Claims.Settings with { JwksUri = new Uri("https://keys.example/realm/jwks") }));
        Assert.Equal([FakeIssuer.JwksPath], _issuer.Paths);
    }

    [Fact]
    public async Task An_address_in_the_settings_must_be_https_as_well() =>
        Assert.False(await WarmAsync(Claims.Settings with { JwksUri = new Uri("http://keys.example/realm/jwks") }));

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"keys\":{}}")]
    [InlineData("{\"keys\":[]}")]
    [InlineData("{\"keys\":[],\"keys\":[]}")]
    [InlineData("not json")]
    [InlineData("")]
    public async Task What_is_no_set_of_keys_leaves_us_without(string jwks)
    {
        _issuer.Answers[FakeIssuer.JwksPath] = () => FakeIssuer.Json(jwks);

        Assert.False(await WarmAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_response_that_is_too_long_is_not_read_to_its_end(bool saysItsLength)
    {
        var stream = new EndlessStream();
        _issuer.Answers[FakeIssuer.JwksPath] = () =>
        {
            var content = new StreamContent(stream);
            content.Headers.ContentLength = saysItsLength ? 256 * 1024 + 1 : null;
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
        };

        Assert.False(await WarmAsync());
        Assert.InRange(stream.BytesRead, 0, saysItsLength ? 0 : 300 * 1024);
    }

    [Fact]
    public async Task Nor_does_an_HttpClient_read_it_ahead_of_us()
    {
        var stream = new EndlessStream();
        _issuer.Answers[FakeIssuer.JwksPath] = () => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(stream) };
        using var client = new HttpClient(_issuer) { MaxResponseContentBufferSize = 10_000_000 };
        var clock = Claims.Clock();
        var keys = new IssuerKeys(Claims.Settings, new IssuerHttp(client, clock), clock, Microsoft.Extensions.Logging.Abstractions.NullLogger<IssuerKeys>.Instance);

        Assert.False(await keys.WarmAsync(Cancellation));
        Assert.InRange(stream.BytesRead, 1, 300 * 1024);
    }

    [Fact]
    public void The_channel_that_we_offer_follows_nothing_and_keeps_nothing()
    {
        using var handler = IssuerHttp.CreateHandler();

        Assert.False(handler.AllowAutoRedirect);
        Assert.False(handler.UseCookies);
        Assert.Equal(DecompressionMethods.None, handler.AutomaticDecompression);
    }

    private Task<bool> WarmAsync(IssuerSettings? settings = null) => _issuer.KeysOf(Claims.Clock(), settings).WarmAsync(Cancellation);
}

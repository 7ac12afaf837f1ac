using System.Net;
using System.Text;
using System.Text.Json;
using AgentBrain.Server.AuthorizationServer.Owner;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.AuthorizationServer.Owner;

/// <summary>Until there is an owner, nothing is served but setup, public metadata and health (SR-23).</summary>
public sealed class OwnerGateTests
{
    [Theory]
    [InlineData("GET", "/oauth/authorize?client_id=x")]
    [InlineData("GET", "/oauth/%61uthorize?client_id=x")]
    [InlineData("POST", "/oauth/token")]
    [InlineData("POST", "/oauth/par")]
    [InlineData("POST", "/oauth/introspect")]
    [InlineData("POST", "/oauth/revoke")]
    [InlineData("GET", "/sign-in")]
    [InlineData("GET", "/account")]
    [InlineData("GET", "/account/passkeys/new")]
    [InlineData("GET", "/mcp")]
    public async Task Everything_that_needs_an_owner_is_unavailable(string method, string path)
    {
        await using var brain = await OwnerBrowser.StartServer();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST")
            request.Content = new FormUrlEncodedContent([]);

        using var answer = await brain.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.Contains("no_owner", body);
        Assert.Contains("setup link", body);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task A_call_of_the_protocol_learns_it_as_an_error_of_the_protocol()
    {
        await using var brain = await OwnerBrowser.StartServer();

        using var answer = await brain.Client.SendAsync(brain.Post(Messages.Initialize));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal("no_owner", body.RootElement.GetProperty("error").GetProperty("data").GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_client_learns_it_as_an_error_of_OAuth()
    {
        await using var brain = await OwnerBrowser.StartServer();
        using var form = new StringContent("grant_type=refresh_token", Encoding.ASCII, "application/x-www-form-urlencoded");

        using var answer = await brain.Client.PostAsync("/oauth/token", form);

        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal("temporarily_unavailable", body.RootElement.GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("/setup")]
    [InlineData("/health")]
    [InlineData("/alive")]
    [InlineData("/oauth/jwks")]
    [InlineData("/assets/pages.css")]
    [InlineData("/assets/setup.js")]
    [InlineData("/.well-known/oauth-authorization-server")]
    [InlineData("/.well-known/oauth-protected-resource/mcp")]
    public async Task Setup_metadata_and_health_are_served(string path)
    {
        await using var brain = await OwnerBrowser.StartServer();

        using var answer = await brain.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task With_an_owner_the_gate_is_open()
    {
        await using var brain = await OwnerBrowser.StartServer();
        using var browser = await OwnerBrowser.SetUp(brain);

        using var answer = await brain.Client.SendAsync(brain.Post(Messages.Initialize));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.True(brain.Services.GetRequiredService<OwnerPresence>().HasOwner);
    }
}

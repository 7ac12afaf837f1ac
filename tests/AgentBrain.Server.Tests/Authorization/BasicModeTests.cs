using System.Net;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.Server.Tests.Authorization;

public sealed class BasicModeTests
{
    private const string Challenge = "Bearer realm=\"agent-brain\"";

    [Theory]
    [InlineData(null, 401)]
    [InlineData("Bearer " + TestBrain.Secret, 200)]
    [InlineData("Bearer " + TestBrain.SecondSecret, 200)]
    [InlineData("bearer " + TestBrain.Secret, 200)]
    [InlineData("BEARER    " + TestBrain.Secret, 200)]
    [InlineData("Bearer " + TestBrain.Secret + "x", 401)]
    [InlineData("Bearer q7Vb2kXw9Zr4Ty6Lm1Np8Hs3Gd5Fc0Ja", 401)]
    [InlineData("Bearer wrong", 401)]
    [InlineData("Basic " + TestBrain.Secret, 401)]
    [InlineData("DPoP " + TestBrain.Secret, 401)]
    [InlineData(TestBrain.Secret, 401)]
    [InlineData("Bearer", 400)]
    [InlineData("Bearer ", 400)]
    [InlineData("Bearer a b", 400)]
    [InlineData("Bearer\t" + TestBrain.Secret, 400)]
    [InlineData("Bearer " + TestBrain.Secret + ", Bearer " + TestBrain.Secret, 400)]
    [InlineData("Bearer \"" + TestBrain.Secret + "\"", 400)]
    public async Task Only_a_secret_as_a_bearer_token_gets_in(string? header, int expected)
    {
        await using var brain = await TestBrain.StartBasic();
        using var request = brain.Post(Messages.Initialize);
        if (header is not null)
            request.Headers.TryAddWithoutValidation("Authorization", header);

        using var response = await brain.Client.SendAsync(request);

        Assert.Equal(expected, (int)response.StatusCode);
        Assert.Equal(expected == 401 ? [Challenge] : [], response.Headers.WwwAuthenticate.Select(value => value.ToString()));
    }

    [Fact]
    public async Task Two_Authorization_headers_are_refused_even_when_both_are_right()
    {
        await using var brain = await TestBrain.StartBasic();

        var response = await RawHttp.Send(
            brain.Port,
            $"GET /mcp HTTP/1.1\nHost: localhost:{brain.Port}\nAuthorization: Bearer {TestBrain.Secret}\nAuthorization: Bearer {TestBrain.Secret}");

        Assert.Equal(400, response.Status);
        Assert.Contains("authorization_syntax", response.Body);
    }

    [Theory]
    [InlineData("/mcp?access_token=" + TestBrain.Secret)]
    [InlineData("/mcp?authorization=Bearer%20" + TestBrain.Secret)]
    public async Task A_secret_in_the_query_is_ignored_and_not_logged(string url)
    {
        await using var brain = await TestBrain.StartBasic();

        using var response = await brain.Client.GetAsync(url);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.DoesNotContain(brain.Log.Lines, line => line.Contains(TestBrain.Secret));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    [InlineData("POST")]
    public async Task Every_verb_of_the_endpoint_asks_for_the_secret(string verb)
    {
        await using var brain = await TestBrain.StartBasic();
        using var request = new HttpRequestMessage(new HttpMethod(verb), "/mcp");
        if (verb == "POST")
            request.Content = new StringContent(Messages.Initialize, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));

        using var response = await brain.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task A_caller_is_named_after_the_secret_and_not_by_it()
    {
        await using var brain = await TestBrain.StartBasic();
        using var client = brain.NewClient(TestBrain.Secret);
        var session = await brain.Initialize(client);

        using var response = await client.SendAsync(brain.Post(Messages.Call("whoami"), session));

        Assert.Matches("basic:[0-9a-f]{8}\"", await response.Content.ReadAsStringAsync());
        Assert.NotEqual(new BasicSecret(TestBrain.Secret).Principal, new BasicSecret(TestBrain.SecondSecret).Principal);
    }

    [Fact]
    public async Task Guessing_is_slowed_down_and_never_keeps_the_right_secret_out()
    {
        var time = new FakeTimeProvider();
        await using var brain = await TestBrain.StartBasic(builder => builder.Services.AddSingleton<TimeProvider>(time));
        using var guesser = brain.NewClient("wrongwrongwrongwrongwrongwrongwrong");
        using var owner = brain.NewClient(TestBrain.Secret);
        var statuses = new List<int>();
        for (var i = 0; i < 12; i++)
        {
            using var response = await guesser.SendAsync(brain.Post(Messages.Ping));
            statuses.Add((int)response.StatusCode);
            if (i == 11)
                Assert.True(response.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
        }

        Assert.Equal([.. Enumerable.Repeat(401, 10), 429, 429], statuses);
        Assert.NotEmpty(await brain.Initialize(owner));

        time.Advance(TimeSpan.FromSeconds(7));
        using var later = await guesser.SendAsync(brain.Post(Messages.Ping));
        Assert.Equal(HttpStatusCode.Unauthorized, later.StatusCode);
    }

    [Fact]
    public async Task Asking_without_credentials_is_not_a_failure()
    {
        await using var brain = await TestBrain.StartBasic();
        for (var i = 0; i < 30; i++)
        {
            using var response = await brain.Client.SendAsync(brain.Post(Messages.Ping));
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    [Fact]
    public async Task The_rate_of_one_address_and_of_one_principal_is_limited()
    {
        var time = new FakeTimeProvider();
        await using var byAddress = await TestBrain.StartBasic(builder => builder.Services.AddSingleton<TimeProvider>(time), "--AGENT_BRAIN_RATE_PER_ADDRESS=2");
        await using var byPrincipal = await TestBrain.StartBasic(builder => builder.Services.AddSingleton<TimeProvider>(time), "--AGENT_BRAIN_RATE_PER_PRINCIPAL=2");
        foreach (var (brain, reason) in new[] { (byAddress, "address_rate"), (byPrincipal, "principal_rate") })
        {
            using var client = brain.NewClient(TestBrain.Secret);
            for (var i = 0; i < 4; i++)
                _ = await brain.Initialize(client);

            using var response = await client.SendAsync(brain.Post(Messages.Initialize));

            Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
            Assert.Contains(reason, await response.Content.ReadAsStringAsync());
            Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter!.Delta);
            time.Advance(TimeSpan.FromSeconds(1));
            _ = await brain.Initialize(client);
        }
    }
}

using System.Diagnostics;
using AgentBrain.FaultTests.Support;
using AgentBrain.Server.Tests.Authorization.OAuth;

namespace AgentBrain.FaultTests.OAuth;

/// <summary>An issuer that is down stops what cannot be decided without it, and nothing else.</summary>
[Collection(nameof(Undisturbed))]
public sealed class IssuerOutageTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Without_its_issuer_the_server_starts_and_says_503_until_the_issuer_is_there()
    {
        await using var deployment = await Deployment.AloneAsync();
        var port = Deployment.FreePort();
        var url = $"http://127.0.0.1:{port}";
        var server = await deployment.StartServerAsync(deployment.Options("server", issuer: url));
        var early = Deployment.Call(deployment.Issuer.Token(Deployment.Resource, claims: claims => claims["iss"] = url));

        Assert.Equal(503, await Deployment.HealthAsync(server));
        var refused = await Deployment.SendAsync(server, early);
        Assert.Equal((503, Reasons.IssuerUnavailable), (refused.Status, refused.Reason));
        Assert.True(int.Parse(refused.Header("Retry-After")!) > 0);
        Assert.Equal(401, (await Deployment.SendAsync(server, Deployment.Request())).Status);

        await using var issuer = await TestIssuer.StartAsync(port);
        await RecoversAsync(server, Deployment.Call(issuer.Token(Deployment.Resource)));
        Assert.Equal(200, await Deployment.HealthAsync(server));
        Assert.Equal(401, (await Deployment.SendAsync(server, early)).Status);
    }

    [Fact]
    public async Task With_keys_that_are_known_the_server_goes_on_while_the_issuer_is_down()
    {
        await using var deployment = await Deployment.AloneAsync();
        var issuer = await TestIssuer.StartAsync();
        var server = await deployment.StartServerAsync(deployment.Options("server", issuer: issuer.Url));
        await Deployment.AwaitHealthAsync(server, 200, Recovery);
        var seen = Deployment.Call(issuer.Token(Deployment.Resource));
        var unseen = Enumerable.Range(0, 20).Select(_ => Deployment.Call(issuer.Token(Deployment.Resource))).ToList();
        Assert.True((await Deployment.SendAsync(server, seen)).IsAccepted);

        await issuer.DisposeAsync();

        foreach (var request in unseen.Append(seen))
            Assert.True((await Deployment.SendAsync(server, request)).IsAccepted);
        Assert.Equal(200, await Deployment.HealthAsync(server));
    }

    [Fact]
    public async Task With_introspection_what_is_remembered_goes_on_and_the_rest_is_503_until_the_issuer_is_back()
    {
        await using var deployment = await Deployment.AloneAsync();
        var options = deployment.Options("server")
            .With("AGENT_BRAIN_OAUTH_INTROSPECTION_URL", deployment.Issuer.Url + "/introspect")
            .With("AGENT_BRAIN_OAUTH_INTROSPECTION_CLIENT_ID", "brain")
            .With("AGENT_BRAIN_OAUTH_INTROSPECTION_CLIENT_SECRET", "of-no-importance-5d21");
        var server = await deployment.StartServerAsync(options);
        var seen = Deployment.Call(deployment.Issuer.Opaque(Deployment.Resource));
        var unseen = Deployment.Call(deployment.Issuer.Opaque(Deployment.Resource));
        Assert.True((await Deployment.SendAsync(server, seen)).IsAccepted);

        deployment.Issuer.Failure = 500;
        var refused = await Deployment.SendAsync(server, unseen);

        Assert.Equal((503, Reasons.IntrospectionUnavailable), (refused.Status, refused.Reason));
        Assert.True(int.Parse(refused.Header("Retry-After")!) > 0);
        Assert.True((await Deployment.SendAsync(server, seen)).IsAccepted);

        deployment.Issuer.Failure = null;
        await RecoversAsync(server, unseen);
    }

    private async Task RecoversAsync(ServerProcess server, byte[] request)
    {
        var start = Stopwatch.GetTimestamp();
        Reply reply;
        while (!(reply = await Deployment.SendAsync(server, request)).IsAccepted)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Recovery, $"No recovery within 2 s: {reply}");
            await Task.Delay(10);
        }

        output.WriteLine($"recovered after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms");
    }
}

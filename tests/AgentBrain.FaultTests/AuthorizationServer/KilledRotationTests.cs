using System.Net;
using AgentBrain.FaultTests.Support;

namespace AgentBrain.FaultTests.AuthorizationServer;

/// <summary>SIGKILL while refresh tokens are rotated: the client goes on with what it holds, and no second branch comes of it.</summary>
public sealed class KilledRotationTests(ITestOutputHelper output)
{
    private const int Kills = 20;
    private const int Seed = 20260728;

    // A restart that takes longer than the leeway leaves the client outside of it, as it should be: such a round shows nothing here.
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(25);

    [Fact]
    public async Task After_each_of_twenty_kills_the_client_goes_on_with_the_token_that_it_holds()
    {
        using var tree = new TemporaryTree();
        tree.Folder("root");
        var port = FreePort();
        var options = new ServerOptions { Root = tree.Combine("root"), Data = tree.Folder("data"), Port = port }
            .With("AGENT_BRAIN_AUTH", "oauth")
            .With("AGENT_BRAIN_PUBLIC_URL", $"http://127.0.0.1:{port}")
            .With("AGENT_BRAIN_RATE_PER_ADDRESS", "0");
        await using (var first = await ServerProcess.StartAsync(options))
            Assert.Equal(0, await first.StopAsync());

        var (grantId, token) = Agree(options, port);
        var random = new Random(Seed);
        var (kills, lost, tooSlow) = (0, 0, 0);
        var server = await ServerProcess.StartAsync(options);
        while (kills < Kills)
        {
            using var client = new RotatingClient(server.Url, AuthorityFile.Client, token);
            var (status, body) = await client.RefreshAsync();
            Assert.True(status == HttpStatusCode.OK, $"after {kills} kills: {status} {body}");

            var running = client.RunAsync();
            await Task.Delay(random.Next(20, 250));
            await server.KillAsync();
            await running;
            await server.DisposeAsync();
            kills++;
            token = client.Token;
            using (var file = new AuthorityFile(options.Data, Resource(port)))
                lost += file.IsLive(grantId, token) ? 0 : 1;

            server = await ServerProcess.StartAsync(options);
            if (TimeProvider.System.GetUtcNow() - client.SentAt > Within)
            {
                tooSlow++;
                Assert.True(tooSlow <= Kills, "Nearly every restart took longer than the leeway.");
                kills--;
                await server.KillAsync();
                (grantId, token) = Agree(options, port, isFirst: false);
                server = await ServerProcess.StartAsync(options);
            }
        }

        await server.DisposeAsync();
        output.WriteLine($"seed {Seed}: {kills} kills, of which {lost} came between a rotation and its answer; {tooSlow} restarts were too slow to show anything");
    }

    private static string Resource(int port) => $"http://127.0.0.1:{port}/mcp";

    private static (string GrantId, string Token) Agree(ServerOptions options, int port, bool isFirst = true)
    {
        using var file = new AuthorityFile(options.Data, Resource(port));
        if (isFirst)
            file.Prepare();

        return file.AddGrant();
    }

    private static int FreePort()
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}

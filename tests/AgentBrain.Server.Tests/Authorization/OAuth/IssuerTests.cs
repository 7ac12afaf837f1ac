using System.Collections.Concurrent;
using System.Security.Cryptography;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>The keys of an issuer come, change and go while the server runs (RFC 7517 §5, RFC 9068 §4).</summary>
public sealed class IssuerTests
{
    [Fact]
    public async Task A_flood_of_unknown_keys_is_one_question_in_half_a_minute_and_good_tokens_go_on()
    {
        await using var issuer = await TestIssuer.StartAsync();
        var time = new ShiftedTime(TimeSpan.Zero);
        await using var brain = await TestBrain.StartOAuth(issuer.Url, Solo.With(time));
        var token = "Bearer " + issuer.Token(brain.Url + "mcp");
        Assert.Equal(Expect.Accepted, (await Solo.Send(brain, token)).Shape);
        var before = issuer.KeyRequests;
        var shapes = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var started = TimeProvider.System.GetTimestamp();

        async Task Flood(int count) => await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, _) =>
        {
            var kid = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
            var junk = Bends.RewriteHeader(token[7..], header => header["kid"] = kid);
            shapes.AddOrUpdate((await Solo.Send(brain, "Bearer " + junk)).Shape, 1, static (_, sum) => sum + 1);
        });
        var good = Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
                Assert.Equal(Expect.Accepted, (await Solo.Send(brain, "Bearer " + issuer.Token(brain.Url + "mcp"))).Shape);
        });
        await Flood(10_000);
        await good;
        var windows = 1 + (int)(TimeProvider.System.GetElapsedTime(started).TotalSeconds / 30);

        Assert.InRange(issuer.KeyRequests - before, 1, windows);
        Assert.Equal(10_000, Assert.Single(shapes, shape => shape.Key == Expect.BadToken("unknown_key")).Value);
        time.Advance(TimeSpan.FromSeconds(31));
        await Flood(200);
        Assert.InRange(issuer.KeyRequests - before, 2, windows + 1);
        Assert.Equal(Expect.Accepted, (await Solo.Send(brain, token)).Shape);
    }

    /// <summary>A new key is published before it is used; nobody's call fails for it. A key that is taken away is done with, cached token or not.</summary>
    [Fact]
    public async Task Keys_change_under_load_and_no_good_call_fails()
    {
        await using var issuer = await TestIssuer.StartAsync();
        var time = new ShiftedTime(TimeSpan.Zero);
        await using var brain = await TestBrain.StartOAuth(issuer.Url, Solo.With(time));
        var (resource, all) = (brain.Url + "mcp", issuer.Keys.ToList());
        var (key, failures, calls) = (issuer.Keys[^1], new ConcurrentBag<string>(), 0);
        using var over = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                var reply = await Solo.Send(brain, "Bearer " + issuer.Token(resource, key: Volatile.Read(ref key)));
                if (reply.Shape != Expect.Accepted)
                    failures.Add(reply.Shape);
                Interlocked.Increment(ref calls);
            }
        })).ToList();

        for (var i = 0; i < 5; i++)
        {
            var next = i % 2 == 0 ? SigningKey.Rsa($"next{i}") : SigningKey.EllipticCurve($"next{i}");
            all.Add(next);
            issuer.Keys = [key, next];
            time.Advance(TimeSpan.FromSeconds(31));
            Volatile.Write(ref key, next);
            await Reaches(() => calls, calls + 40);
        }

        await over.CancelAsync();
        await Task.WhenAll(callers);
        Assert.Empty(failures);

        // The second to last key is still published, and its token is warm; then it is taken away.
        var old = "Bearer " + issuer.Token(resource, key: all[^2]);
        Assert.Equal(Expect.Accepted, (await Solo.Send(brain, old)).Shape);
        issuer.Keys = [all[^1]];
        time.Advance(TimeSpan.FromSeconds(31));
        _ = await Solo.Send(brain, "Bearer " + issuer.Token(resource, header: static header => header["kid"] = "unknown"));
        var removed = await Solo.Send(brain, old);
        var alsoCold = await Solo.Send(brain, "Bearer " + issuer.Token(resource, key: all[^2]));

        Assert.Equal(Expect.BadToken("unknown_key"), removed.Shape);
        Assert.Equal(Expect.BadToken("unknown_key"), alsoCold.Shape);
        Assert.Equal(Expect.Accepted, (await Solo.Send(brain, "Bearer " + issuer.Token(resource))).Shape);
        all.ForEach(static one => one.Dispose());
    }

    [Fact]
    public async Task Without_its_issuer_a_server_says_later_and_serves_as_soon_as_it_is_there()
    {
        var port = TestBrain.FreePort();
        var time = new ShiftedTime(TimeSpan.Zero);
        await using var brain = await TestBrain.StartOAuth($"http://127.0.0.1:{port}", Solo.With(time));
        async Task<Reply> Send(TestIssuer from) => await Solo.Send(brain, "Bearer " + from.Token(brain.Url + "mcp", claims: claims => claims["iss"] = $"http://127.0.0.1:{port}"));

        await using (var elsewhere = await TestIssuer.StartAsync())
        {
            var early = await Send(elsewhere);
            var stranger = await Solo.Send(brain, null);
            using var health = await brain.Client.GetAsync("/health");

            Assert.Equal("503 issuer_unavailable", early.Shape);
            Assert.Equal("1", early.Header("Retry-After"));
            Assert.Equal(Expect.Stranger(), stranger.Shape);
            Assert.Equal(503, (int)health.StatusCode);
        }

        await using var issuer = await TestIssuer.StartAsync(port);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Expect.Accepted, (await Send(issuer)).Shape);
    }

    [Fact]
    public async Task The_last_keys_are_good_for_an_hour_without_the_issuer_and_not_longer()
    {
        await using var issuer = await TestIssuer.StartAsync();
        var time = new ShiftedTime(TimeSpan.Zero);
        await using var brain = await TestBrain.StartOAuth(issuer.Url, Solo.With(time));
        string Token() => "Bearer " + issuer.Token(brain.Url + "mcp", claims: claims => (claims["iat"], claims["exp"]) = (time.GetUtcNow().ToUnixTimeSeconds(), time.GetUtcNow().ToUnixTimeSeconds() + 600));
        Assert.Equal(Expect.Accepted, (await Solo.Send(brain, Token())).Shape);
        issuer.Failure = 500;

        time.Advance(TimeSpan.FromMinutes(50));
        var soon = await Solo.Send(brain, Token());
        var unknown = await Solo.Send(brain, "Bearer " + issuer.Token(brain.Url + "mcp", header: static header => header["kid"] = "new"));
        time.Advance(TimeSpan.FromMinutes(11));
        var late = await Solo.Send(brain, Token());
        issuer.Failure = null;
        time.Advance(TimeSpan.FromSeconds(1));
        var back = await Solo.Send(brain, Token());

        Assert.Equal(Expect.Accepted, soon.Shape);
        Assert.Equal("503 issuer_unavailable", unknown.Shape);
        Assert.Equal("503 issuer_unavailable", late.Shape);
        Assert.Equal(Expect.Accepted, back.Shape);
    }

    [Theory]
    [InlineData("address_rate")]
    [InlineData("principal_rate")]
    public async Task Too_many_requests_are_told_when_to_come_back(string reason)
    {
        await using var issuer = await TestIssuer.StartAsync();
        var limits = reason == "address_rate" ? new RequestLimits { RatePerAddress = 2 } : new RequestLimits { RatePerPrincipal = 2 };
        await using var brain = await TestBrain.StartOAuth(issuer.Url, Solo.With(new FakeTimeProvider(TimeProvider.System.GetUtcNow()), limits), "--AGENT_BRAIN_OAUTH_ACCESS=everyone=read");
        var replies = new List<Reply>();
        for (var i = 0; i < 10; i++)
            replies.Add(await Solo.Send(brain, "Bearer " + issuer.Token(brain.Url + "mcp")));
        var other = await Solo.Send(brain, "Bearer " + issuer.Token(brain.Url + "mcp", claims: static claims => claims["sub"] = "bob"));

        Assert.All(replies[..4], reply => Assert.Equal(Expect.Accepted, reply.Shape));
        Assert.All(replies[4..], reply => Assert.Equal($"429 {reason}", reply.Shape));
        Assert.Equal("1", replies[^1].Header("Retry-After"));
        Assert.Equal(reason == "address_rate" ? "429 address_rate" : Expect.Accepted, other.Shape);
    }

    private static async Task Reaches(Func<int> count, int goal)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (count() < goal)
            await Task.Delay(5, limit.Token);
    }
}

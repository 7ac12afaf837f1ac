using AgentBrain.OAuth.Replay;
using AgentBrain.OAuth.Revocation;
using AgentBrain.OAuth.Tests.Redis;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Hosting;
using Microsoft.Extensions.Configuration;

namespace AgentBrain.FaultTests.OAuth;

/// <summary><c>revoke</c>, against a real Redis.</summary>
public sealed class RevokeCommandTests
{
    private const string Issuer = "https://as.example";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--subject alice", "subject")]
    [InlineData("--subject alice --client app", "grant")]
    [InlineData("--session s-1", "session")]
    [InlineData("--token t-1", "token")]
    public async Task What_it_names_is_in_the_set_that_servers_read(string arguments, string kind)
    {
        await using var redis = await RedisServer.StartAsync();

        var said = await RunAsync(redis.ConnectionString, arguments);

        var target = kind switch
        {
            "subject" => RevocationTarget.Subject(Issuer, "alice"),
            "grant" => RevocationTarget.Grant(Issuer, "app", "alice"),
            "session" => RevocationTarget.Session(Issuer, "s-1"),
            _ => RevocationTarget.Token(Issuer, "t-1"),
        };
        await using var connection = new RedisConnection(redis.ConnectionString, TimeProvider.System, TimeSpan.FromSeconds(5));
        Assert.NotNull(await connection.AskAsync(database => database.SortedSetScoreAsync(RedisRevocations.Key, target.Digest), Cancelled));
        Assert.StartsWith("Revoked: ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_servers_with_long_lived_tokens_have_revoked_stays_revoked()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var connection = new RedisConnection(redis.ConnectionString, TimeProvider.System, TimeSpan.FromSeconds(5));
        var twentyHoursAgo = TimeProvider.System.GetUtcNow().AddHours(-20).ToUnixTimeMilliseconds();
        await connection.AskAsync(database => database.SortedSetAddAsync(RedisRevocations.Key, "of-another-server", twentyHoursAgo), Cancelled);

        await RunAsync(redis.ConnectionString, "--subject alice");

        Assert.NotNull(await connection.AskAsync(database => database.SortedSetScoreAsync(RedisRevocations.Key, "of-another-server"), Cancelled));
        Assert.True(await connection.AskAsync(database => database.KeyTimeToLiveAsync(RedisRevocations.Key), Cancelled) > TimeSpan.FromHours(23));
    }

    [Fact]
    public async Task The_time_is_Rediss_and_not_that_of_the_machine_on_which_it_runs()
    {
        await using var redis = await RedisServer.StartAsync();

        await RunAsync(redis.ConnectionString, "--subject alice", time: new ShiftedClock(TimeSpan.FromHours(-3)));

        var score = double.Parse(await redis.SendAsync("ZSCORE", RedisRevocations.Key, RevocationTarget.Subject(Issuer, "alice").Digest), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(score, TimeProvider.System.GetUtcNow().AddMinutes(-1).ToUnixTimeMilliseconds(), TimeProvider.System.GetUtcNow().AddMinutes(1).ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task A_write_that_was_not_confirmed_is_not_called_nothing()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.SendAsync("CONFIG", "SET", "min-replicas-to-write", "1"); // Reads are answered, writes are not.

        var unknown = await Assert.ThrowsAsync<ConfigurationException>(() => RunAsync(redis.ConnectionString, "--subject alice"));
        redis.Kill();
        var nothing = await Assert.ThrowsAsync<ConfigurationException>(() => RunAsync(redis.ConnectionString, "--subject alice"));

        Assert.StartsWith("It is not known whether it is revoked", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("run it again", unknown.Message, StringComparison.Ordinal);
        Assert.StartsWith("Nothing is revoked", nothing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://as.example/")]
    [InlineData("https://AS.example")]
    [InlineData("https://other.example")]
    public async Task An_issuer_that_no_server_takes_tokens_of_is_refused_and_those_that_are_named(string issuer)
    {
        var refusal = await Assert.ThrowsAsync<ConfigurationException>(() => RunAsync("127.0.0.1:1", $"--subject alice --issuer {issuer}"));

        Assert.Contains(issuer, refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith(Issuer + ".", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Issuers_of_the_brains_file_are_known()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, """{ "issuers": [{ "issuer": "https://a.example" }, { "issuer": "https://b.example" }], "brains": {} }""", Cancelled);
            KeyValuePair<string, string?>[] settings = [new(SettingNames.BrainsFile, file)];
            await using var redis = await RedisServer.StartAsync();

            Assert.Contains("https://b.example", await RunAsync(redis.ConnectionString, "--subject alice --issuer https://b.example", settings), StringComparison.Ordinal);
            foreach (var arguments in new[] { "--subject alice", "--subject alice --issuer https://c.example" })
            {
                var refusal = await Assert.ThrowsAsync<ConfigurationException>(() => RunAsync(redis.ConnectionString, arguments, settings));
                Assert.EndsWith("https://a.example, https://b.example.", refusal.Message, StringComparison.Ordinal);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Where_no_issuer_is_known_any_is_taken_and_it_says_which_and_whom()
    {
        await using var redis = await RedisServer.StartAsync();

        var said = await RunAsync(redis.ConnectionString, "--subject alice --issuer https://any.example/", []);

        Assert.StartsWith("Revoked: subject alice of issuer https://any.example/.", said, StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(string redis, string arguments, KeyValuePair<string, string?>[]? issuers = null, TimeProvider? time = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([.. issuers ?? [new(SettingNames.OAuthIssuer, Issuer)], new(SettingNames.Redis, redis)]).Build();
        await using var output = new StringWriter();
        await RevokeCommand.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), configuration, output, time ?? TimeProvider.System);
        return output.ToString();
    }

    private sealed class ShiftedClock(TimeSpan shift) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + shift;
    }
}

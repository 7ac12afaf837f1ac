using System.Diagnostics.Metrics;
using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using AgentBrain.Server.Authorization;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.Server.Tests.Authorization;

public sealed class BoundsTests
{
    [Fact]
    public void Many_addresses_do_not_choose_the_memory_of_the_limiter()
    {
        var time = new FakeTimeProvider();
        var buckets = new TokenBuckets(time, burst: 2, TimeSpan.FromSeconds(1), capacity: 100);
        for (var i = 0; i < 10_000; i++)
            buckets.TryTake($"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}", out _);

        Assert.InRange(buckets.Count, 100, 101);
        Assert.False(buckets.TryTake("new", out var retryAfter));
        Assert.True(retryAfter > TimeSpan.Zero);

        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(buckets.TryTake("new", out _));
    }

    [Fact]
    public void One_key_does_not_take_from_another_and_refills_with_time()
    {
        var time = new FakeTimeProvider();
        var buckets = new TokenBuckets(time, burst: 2, TimeSpan.FromSeconds(10), capacity: 10);
        Assert.True(buckets.TryTake("a", out _));
        Assert.True(buckets.TryTake("a", out _));
        Assert.False(buckets.TryTake("a", out var retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(10), retryAfter);
        Assert.True(buckets.TryTake("b", out _));

        time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(buckets.TryTake("a", out _));
        Assert.False(buckets.TryTake("a", out _));
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    public void One_household_is_one_stranger(string address, string prefix) => Assert.Equal(prefix, AddressPrefix.Of(IPAddress.Parse(address)));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\nb", "a\\u000ab")]
    [InlineData("\u001b[31mred", "\\u001b[31mred")]
    [InlineData("x\u202ey", "x\\u202ey")]
    [InlineData("x\u2028y", "x\\u2028y")]
    public void A_strangers_text_cannot_steer_a_terminal_or_forge_a_log_line(string text, string expected)
    {
        Assert.Equal(expected, LogText.Safe(text));
        Assert.True(LogText.Safe(new string('\n', 100_000)).Length < 1000);
    }

    [Fact]
    public async Task A_line_of_the_log_stays_one_line_whatever_a_stranger_sends()
    {
        await using var brain = await TestBrain.StartNone();
        var session = await brain.Initialize();

        using var response = await brain.Client.SendAsync(brain.Post("""{"jsonrpc":"2.0","id":1,"method":"x\n2026 info: forged\u001b[2J"}""", session));

        Assert.Contains(brain.Log.Lines, line => line.Contains("unknown_method"));
        Assert.All(brain.Log.Lines, line => Assert.DoesNotContain('\u001b', line));
        Assert.DoesNotContain(brain.Log.Lines, line => line.Contains('\n') && line.Contains("forged"));
    }

    [Theory]
    [InlineData("basic")]
    [InlineData("oauth")]
    public async Task Strangers_with_wrong_credentials_do_not_fill_the_log(string mode)
    {
        await using var brain = mode == "basic" ? await TestBrain.StartBasic() : await TestBrain.StartOAuth("https://as.example");
        var before = brain.Log.Lines.Count;

        for (var i = 0; i < 60; i++)
        {
            var request = brain.Post("{}");
            request.Headers.Authorization = new("Bearer", "wrong" + i);
            using var response = await brain.Client.SendAsync(request);
            Assert.False(response.IsSuccessStatusCode);
        }

        Assert.InRange(brain.Log.Lines.Count - before, 1, 40);
    }

    [Fact]
    public async Task A_flood_of_refusals_is_counted_whole_and_logged_in_part()
    {
        var time = new FakeTimeProvider();
        var log = new ToolLog();
        using var loggers = LoggerFactory.Create(builder => builder.AddProvider(log));
        await using var services = new ServiceCollection().AddMetrics().AddSingleton<AuthorizationTelemetry>().BuildServiceProvider();
        var counted = 0L;
        var meters = services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, self) => { if (instrument.Meter.Scope == meters) self.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((_, measurement, _, _) => counted += measurement);
        listener.Start();
        var refuser = new Refuser(services.GetRequiredService<AuthorizationTelemetry>(), time, loggers.CreateLogger<Refuser>());

        for (var i = 0; i < 1000; i++)
        {
            await Refuse(Reasons.HostNotAllowed);
            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        var first = log.Lines.Count;
        await Refuse(Reasons.AddressRate);
        time.Advance(TimeSpan.FromSeconds(1));
        await Refuse(Reasons.HostNotAllowed);
        await Refuse(Reasons.HostNotAllowed);

        Assert.InRange(first, 5, 10);
        Assert.Equal(1003, counted);
        Assert.Equal(first + 3, log.Lines.Count);

        // Every one that was not logged is in the number of a later line, and once only.
        Assert.Equal(1000 - first, log.Lines.Sum(LeftOut));
        Assert.Equal(0, LeftOut(log.Lines.Last()));

        Task Refuse(string reason) => refuser.RefuseAsync(new DefaultHttpContext(), new Refusal(403, reason, "No."));

        static int LeftOut(string line) => Regex.Match(line, @"\((?<count>\d+) more of this reason", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)) is { Success: true } match ? int.Parse(match.Groups["count"].Value) : 0;
    }

    [Fact]
    public async Task Refusals_are_counted_by_a_reason_of_the_catalog_and_nothing_else()
    {
        var catalog = typeof(Reasons).GetFields(BindingFlags.Static | BindingFlags.Public).Select(field => (string)field.GetRawConstantValue()!).ToList();
        Assert.Equal(catalog.Count, catalog.Distinct().Count());
        Assert.All(catalog, reason => Assert.Matches("^[a-z_]+$", reason));

        var tags = new List<(string Instrument, string Name, string Value)>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, self) => { if (instrument.Meter.Name == AuthorizationTelemetry.Name) self.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((instrument, _, labels, _) =>
        {
            lock (tags)
            {
                foreach (var label in labels)
                    tags.Add((instrument.Name, label.Key, (string)label.Value!));
            }
        });
        listener.Start();
        await using var brain = await TestBrain.StartNone();
        var session = await brain.Initialize();
        using var unknown = await brain.Client.SendAsync(brain.Post("""{"jsonrpc":"2.0","id":1,"method":"a/strangers/text"}""", session));
        using var known = await brain.Client.SendAsync(brain.Post(Messages.Call("query_count"), session));

        lock (tags)
        {
            Assert.Contains(("agent_brain.authorization.refusals", "reason", Reasons.UnknownMethod), tags);
            Assert.Contains(("agent_brain.authorization.admissions", "method", "tools/call"), tags);
            Assert.All(tags.Where(tag => tag.Name == "reason"), tag => Assert.Contains(tag.Value, catalog));
            Assert.DoesNotContain(tags, tag => tag.Value.Contains("strangers"));
        }
    }
}

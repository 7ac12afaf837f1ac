using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using AgentBrain.OAuth.Clients;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.OAuth.Tests.Clients;

/// <summary>Fetching what strangers name: from the public internet only, little, and once in a while (SR-31).</summary>
public sealed class DocumentFetcherTests : IDisposable, INameResolver
{
    private const string Name = "client.example";
    private static readonly IPAddress Public = IPAddress.Parse("1.2.3.4");
    private readonly DocumentHost _host = new(Name, "other.example", "localhost");
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<string> _lookUps = new();
    private readonly ConcurrentQueue<IPAddress[]> _connects = new();
    private Func<int, IPAddress[]> _addresses = static _ => [Public];

    public void Dispose() => _host.Dispose();

    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        _lookUps.Enqueue(host);
        return Task.FromResult(_addresses(_lookUps.Count));
    }

    [Fact]
    public async Task A_document_is_fetched_from_the_address_that_was_judged()
    {
        _host.Response = DocumentHost.Ok("""{"client_id":"x"}""");

        var found = Assert.IsType<FetchedDocument.Found>(await FetchAsync());

        Assert.Equal("x", found.Json.GetProperty("client_id").GetString());
        Assert.Equal([Public], Assert.Single(_connects));
        Assert.Equal([Name], _lookUps);
    }

    [Fact]
    public async Task The_request_tells_nothing_but_what_is_asked_for()
    {
        await FetchAsync();

        Assert.Equal($"GET /oauth/client HTTP/1.1\r\nHost: {Name}\r\nAccept: application/json\r\n\r\n", Assert.Single(_host.Requests));
    }

    [Theory]
    [MemberData(nameof(SpecialAddressesTests.Forbidden), MemberType = typeof(SpecialAddressesTests))]
    public async Task A_host_with_a_special_address_is_not_connected_to(string address)
    {
        _addresses = _ => [IPAddress.Parse(address)];

        Assert.Equal(FetchFailure.ForbiddenAddress, await FailAsync());
        Assert.Empty(_connects);
    }

    [Theory]
    [InlineData("1.2.3.4", "127.0.0.1")]
    [InlineData("10.0.0.1", "1.2.3.4")]
    [InlineData("2606:4700::1", "::ffff:10.0.0.1")]
    public async Task One_special_address_among_others_is_enough(params string[] addresses)
    {
        _addresses = _ => [.. addresses.Select(IPAddress.Parse)];

        Assert.Equal(FetchFailure.ForbiddenAddress, await FailAsync());
        Assert.Empty(_connects);
    }

    [Fact]
    public async Task A_host_without_an_address_is_not_connected_to()
    {
        _addresses = _ => [];

        Assert.Equal(FetchFailure.ForbiddenAddress, await FailAsync());
    }

    /// <summary>DNS rebinding: the name leads to a public address when it is judged, and to this machine right after.</summary>
    [Fact]
    public async Task A_name_that_is_bound_anew_after_it_was_judged_leads_nowhere_else()
    {
        _addresses = count => count == 1 ? [Public] : [IPAddress.Loopback];

        Assert.IsType<FetchedDocument.Found>(await FetchAsync());
        Assert.Equal([Public], Assert.Single(_connects));
        Assert.Single(_lookUps);

        // The next fetch looks it up again, judges again, and keeps no connection of the first.
        Assert.Equal(FetchFailure.ForbiddenAddress, await FailAsync());
        Assert.Single(_connects);
    }

    [Fact]
    public async Task A_name_that_is_not_found_is_unreachable()
    {
        _addresses = _ => throw new SocketException((int)SocketError.HostNotFound);

        Assert.Equal(FetchFailure.Unreachable, await FailAsync());
    }

    [Fact]
    public async Task Another_host_behind_the_address_does_not_pass_for_it()
    {
        var fetcher = Fetcher();

        Assert.Equal(FetchFailure.Unreachable, await FailAsync(fetcher, "https://impostor.example/oauth/client"));
        Assert.IsType<FetchedDocument.Found>(await FetchAsync(fetcher, "https://other.example/oauth/client"));
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_not_believed()
    {
        using var stranger = new DocumentHost(Name);

        Assert.Equal(FetchFailure.Unreachable, await FailAsync(Fetcher(new DocumentLimits { TrustedRoots = stranger.Roots })));
        Assert.Empty(_host.Requests);
    }

    [Theory]
    [InlineData("302 Found\r\nLocation: https://client.example/oauth/client")]
    [InlineData("301 Moved\r\nLocation: https://127.0.0.1/")]
    [InlineData("307 Temporary Redirect\r\nLocation: http://169.254.169.254/latest")]
    [InlineData("404 Not Found")]
    [InlineData("500 Internal Server Error")]
    [InlineData("203 Non-Authoritative")]
    [InlineData("204 No Content")]
    public async Task Nothing_but_200_counts_and_no_redirect_is_followed(string status)
    {
        _host.Response = $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}";

        Assert.Equal(FetchFailure.NotOk, await FailAsync());
        Assert.Single(_connects);
    }

    [Theory]
    [InlineData("application/json", true)]
    [InlineData("application/json; charset=utf-8", true)]
    [InlineData("Application/Client+JSON", true)]
    [InlineData("text/html", false)]
    [InlineData("text/json", false)]
    [InlineData("application/jsonp", false)]
    [InlineData("image/svg+json", false)]
    public async Task It_must_be_said_to_be_json(string type, bool isJson)
    {
        _host.Response = DocumentHost.Ok("{}", type);

        Assert.Equal(isJson, await FetchAsync() is FetchedDocument.Found);
    }

    [Fact]
    public async Task It_must_be_said_to_be_something()
    {
        _host.Response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

        Assert.Equal(FetchFailure.NotJsonType, await FailAsync());
    }

    [Fact]
    public async Task Five_kilobytes_are_read_and_not_one_byte_more()
    {
        var body = """{"a":""}""";
        var full = body.Replace("\"\"", '"' + new string('x', (5 * 1024) - body.Length) + '"', StringComparison.Ordinal);
        _host.Response = DocumentHost.Ok(full);
        Assert.IsType<FetchedDocument.Found>(await FetchAsync());

        _host.Response = DocumentHost.Ok(full + " ");
        Assert.Equal(FetchFailure.TooLarge, await FailAsync());
    }

    [Fact]
    public async Task A_body_that_does_not_say_how_long_it_is_is_cut_off_too()
    {
        _host.Response = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + string.Concat(Enumerable.Repeat("400\r\n" + new string(' ', 1024) + "\r\n", 64));

        Assert.Equal(FetchFailure.TooLarge, await FailAsync());
    }

    [Fact]
    public async Task What_is_packed_is_not_unpacked()
    {
        _host.Response = DocumentHost.Ok("{}", more: "Content-Encoding: gzip\r\n");

        Assert.IsType<FetchedDocument.Found>(await FetchAsync());
        Assert.DoesNotContain("Accept-Encoding", Assert.Single(_host.Requests), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":"\ud800"}""")]
    public async Task It_must_be_one_object_that_all_readers_read_alike(string body)
    {
        _host.Response = DocumentHost.Ok(body);

        Assert.Equal(FetchFailure.NotJson, await FailAsync());
    }

    [Fact]
    public async Task A_host_that_does_not_answer_is_given_up()
    {
        var gate = new TaskCompletionSource();
        _host.Gate = gate.Task;

        var pending = FetchAsync();
        await Eventually.TrueAsync(() => !_host.Requests.IsEmpty);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(FetchFailure.TooSlow, Assert.IsType<FetchedDocument.Failed>(await pending).Failure);
        gate.SetResult();
    }

    [Fact]
    public async Task Whoever_asks_and_goes_away_ends_it()
    {
        var gate = new TaskCompletionSource();
        _host.Gate = gate.Task;
        using var gone = new CancellationTokenSource();

        var pending = Fetcher().FetchAsync(Url(), gone.Token);
        await Eventually.TrueAsync(() => !_host.Requests.IsEmpty);
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
        gate.SetResult();
    }

    [Fact]
    public async Task One_fetch_a_host_is_under_way_at_a_time()
    {
        var gate = new TaskCompletionSource();
        _host.Gate = gate.Task;
        var fetcher = Fetcher();

        Task<FetchedDocument>[] pending = [.. Enumerable.Range(0, 5).Select(_ => FetchAsync(fetcher))];
        await Eventually.TrueAsync(() => !_host.Requests.IsEmpty);
        var other = FetchAsync(fetcher, "https://other.example/oauth/client");
        await Eventually.TrueAsync(() => _host.Requests.Count == 2);
        gate.SetResult();

        Assert.All(await Task.WhenAll([.. pending, other]), fetched => Assert.IsType<FetchedDocument.Found>(fetched));
        Assert.Equal(2, _host.MostAtOnce);
    }

    [Fact]
    public async Task Who_waits_too_long_for_their_turn_gives_up_and_the_turn_is_not_lost()
    {
        var gate = new TaskCompletionSource();
        _host.Gate = gate.Task;
        var fetcher = Fetcher();
        var first = FetchAsync(fetcher);
        await Eventually.TrueAsync(() => !_host.Requests.IsEmpty);
        var second = FetchAsync(fetcher);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal([FetchFailure.TooSlow, FetchFailure.TooSlow], (await Task.WhenAll(first, second)).Select(fetched => ((FetchedDocument.Failed)fetched).Failure));

        gate.SetResult();
        Assert.IsType<FetchedDocument.Found>(await FetchAsync(fetcher));
    }

    [Fact]
    public async Task A_domain_is_asked_ten_times_a_minute_with_all_its_hosts()
    {
        _addresses = _ => [IPAddress.Loopback];
        var fetcher = Fetcher();
        for (var i = 0; i < 10; i++)
            Assert.Equal(FetchFailure.ForbiddenAddress, await FailAsync(fetcher, $"https://h{i}.wild.example/x"));

        Assert.Equal(FetchFailure.TooMany, await FailAsync(fetcher, "https://h10.wild.example/x"));
        Assert.Equal(FetchFailure.ForbiddenAddress, await FailAsync(fetcher, "https://other.example/x"));

        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(FetchFailure.ForbiddenAddress, await FailAsync(fetcher, "https://h10.wild.example/x"));
        Assert.Equal(FetchFailure.TooMany, await FailAsync(fetcher, "https://h11.wild.example/x"));
    }

    [Fact]
    public async Task Sixty_documents_a_minute_are_fetched_altogether()
    {
        _addresses = _ => [IPAddress.Loopback];
        var fetcher = Fetcher();
        for (var i = 0; i < 60; i++)
            Assert.Equal(FetchFailure.ForbiddenAddress, await FailAsync(fetcher, $"https://d{i}.example{i}.net/x"));

        Assert.Equal(FetchFailure.TooMany, await FailAsync(fetcher, "https://d60.example60.net/x"));
    }

    [Theory]
    [InlineData("", 5 * 60)]
    [InlineData("Cache-Control: max-age=10\r\n", 5 * 60)]
    [InlineData("Cache-Control: no-store, max-age=3600\r\n", 5 * 60)]
    [InlineData("Cache-Control: no-cache\r\n", 5 * 60)]
    [InlineData("Cache-Control: max-age=3600\r\n", 3600)]
    [InlineData("Cache-Control: max-age=3600, s-maxage=1800\r\n", 1800)]
    [InlineData("Cache-Control: max-age=3600\r\nAge: 1200\r\n", 2400)]
    [InlineData("Cache-Control: public, max-age=31536000\r\n", 24 * 3600)]
    [InlineData("Cache-Control: nonsense=(\r\n", 5 * 60)]
    public async Task It_is_believed_for_as_long_as_its_host_says_within_bounds(string headers, int seconds)
    {
        _host.Response = DocumentHost.Ok("{}", more: headers);

        Assert.Equal(TimeSpan.FromSeconds(seconds), Assert.IsType<FetchedDocument.Found>(await FetchAsync()).FreshFor);
    }

    [Fact]
    public async Task This_machine_is_reached_under_its_own_name_and_only_where_that_was_said()
    {
        _addresses = _ => [IPAddress.Loopback];
        var allowed = Fetcher(new DocumentLimits { AllowLoopback = true, TrustedRoots = _host.Roots });

        Assert.IsType<FetchedDocument.Found>(await FetchAsync(allowed, "https://localhost/x"));
        Assert.Equal(FetchFailure.ForbiddenAddress, await FailAsync(allowed));
        Assert.Equal(FetchFailure.ForbiddenAddress, await FailAsync(Fetcher(), "https://localhost/x"));

        _addresses = _ => [IPAddress.Parse("10.0.0.1")];
        Assert.Equal(FetchFailure.ForbiddenAddress, await FailAsync(allowed, "https://localhost/x"));
    }

    [Fact]
    public async Task The_real_channel_connects_to_what_the_system_finds()
    {
        using var fetcher = new DocumentFetcher(new SystemNameResolver(), new DocumentLimits { AllowLoopback = true, TrustedRoots = _host.Roots }, TimeProvider.System);
        var url = $"https://localhost:{_host.Port}/x";
        Assert.IsType<FetchedDocument.Found>(await FetchAsync(fetcher, url));

        _host.Dispose();
        Assert.Equal(FetchFailure.Unreachable, await FailAsync(fetcher, url));
    }

    private static ClientIdUrl Url(string url = $"https://{Name}/oauth/client")
    {
        Assert.True(ClientIdUrl.TryRead(url, allowLoopback: true, out var read, out var problem), problem);
        return read;
    }

    private DocumentFetcher Fetcher(DocumentLimits? limits = null) => new(this, limits ?? new DocumentLimits { TrustedRoots = _host.Roots }, _time, async (addresses, _, cancellationToken) =>
    {
        _connects.Enqueue(addresses);
        return await GuardedChannel.ConnectAsync([IPAddress.Loopback], _host.Port, cancellationToken);
    });

    private Task<FetchedDocument> FetchAsync(DocumentFetcher? fetcher = null, string url = $"https://{Name}/oauth/client") =>
        (fetcher ?? Fetcher()).FetchAsync(Url(url), TestContext.Current.CancellationToken);

    private async Task<FetchFailure> FailAsync(DocumentFetcher? fetcher = null, string url = $"https://{Name}/oauth/client") =>
        Assert.IsType<FetchedDocument.Failed>(await FetchAsync(fetcher, url)).Failure;
}

using System.Net.Sockets;
using System.Text;
using AgentBrain.Server.Authorization;
using AgentBrain.Server.Tests.Mcp.Subscriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentBrain.Server.Tests.Authorization;

/// <summary>Silent event streams show that they are alive, and only between two events.</summary>
public sealed class HeartbeatTests : OpenResponseScene
{
    private const string Beat = ": \n\n";

    [Fact]
    public async Task A_silent_stream_beats_on_the_wire_until_it_ends_and_never_after()
    {
        await using var brain = await StartAsync();
        var token = Issue(TimeSpan.FromMinutes(15));
        using var client = TokenCallers.ClientOf(brain, token);
        var session = await brain.Initialize(client);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync("127.0.0.1", brain.Port);
        await using var wire = tcp.GetStream();
        await wire.WriteAsync(Encoding.ASCII.GetBytes($"GET /mcp HTTP/1.1\r\nHost: 127.0.0.1:{brain.Port}\r\nAuthorization: Bearer {token.TokenId}\r\nAccept: text/event-stream\r\nMcp-Session-Id: {session}\r\nMCP-Protocol-Version: 2025-06-18\r\n\r\n"));
        var head = await ReadUntilAsync(wire, "\r\n\r\n");

        for (var i = 0; i < 3; i++)
        {
            await AdvanceAsync(Heartbeat - TimeSpan.FromSeconds(1));
            Assert.False(wire.DataAvailable);
            await AdvanceAsync(TimeSpan.FromSeconds(1));
            Assert.Equal("4\r\n: \n\n\r\n", await ReadUntilAsync(wire, "\n\n\r\n"));
        }

        Callers.Maximum = () => null;
        await AdvanceAsync(AccessSweep.Interval);
        Assert.Equal("0\r\n\r\n", await ReadUntilAsync(wire, "0\r\n\r\n"));
        await AdvanceAsync(Heartbeat * 3);
        Assert.False(wire.DataAvailable);
        Assert.Contains("\r\nX-Accel-Buffering: no\r\n", head);
        Assert.Contains("\r\nContent-Type: text/event-stream\r\n", head);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("2025-06-18")]
    public async Task The_official_client_hears_nothing_of_heartbeats_and_gets_its_answer(string? version)
    {
        var answer = new TaskCompletionSource<string>();
        await using var brain = await StartAsync(slow: () => answer.Task);
        await using var client = await McpClient.CreateAsync(
            new HttpClientTransport(new HttpClientTransportOptions
            {
                Endpoint = new Uri(brain.Url, "/mcp"),
                TransportMode = HttpTransportMode.StreamableHttp,
                AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = "Bearer " + Issue(TimeSpan.FromMinutes(15)).TokenId },
            }),
            new McpClientOptions { ProtocolVersion = version });

        var call = client.CallToolAsync("query_count").AsTask();
        await Eventually.IsTrueAsync(() => Open(brain) > 0, "The call");
        await Eventually.SettleAsync();
        for (var i = 0; i < 5; i++)
            await AdvanceAsync(Heartbeat);
        answer.SetResult("late");

        Assert.Equal("late", Assert.IsType<TextContentBlock>(Assert.Single((await call.WaitAsync(TimeSpan.FromSeconds(20))).Content)).Text);
        Assert.Equal(4, (await client.ListToolsAsync()).Count);
    }

    [Fact]
    public async Task A_call_beats_before_its_first_event_and_the_answer_follows()
    {
        var answer = new TaskCompletionSource<string>();
        await using var brain = await StartAsync(slow: () => answer.Task);
        using var client = TokenCallers.ClientOf(brain, Issue(TimeSpan.FromMinutes(15)));
        using var call = await CallAsync(brain, client, "query_count");
        await AdvanceAsync(Heartbeat);
        answer.SetResult("late");

        var body = await ReadToEndAsync(call);

        Assert.StartsWith(Beat + Beat + "event: message\ndata: ", body);
        Assert.Equal(2, CountOf(body, Beat));
    }

    [Fact]
    public async Task No_heartbeat_falls_into_an_event()
    {
        var (body, stream, time) = Body("text/event-stream");

        await WriteAsync(body, "data: half");
        await BeatAsync(body, time);
        await WriteAsync(body, " an event\n");
        await BeatAsync(body, time);
        await WriteAsync(body, "\n");
        await BeatAsync(body, time);
        await WriteAsync(body, "data: two\n\n");
        await BeatAsync(body, time);
        await BeatAsync(body, time);

        Assert.Equal($"data: half an event\n\n{Beat}data: two\n\n{Beat}{Beat}", Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Fact]
    public async Task No_event_of_ours_falls_into_an_event_either()
    {
        var (body, stream, _) = Body("text/event-stream");

        await WriteAsync(body, "data: half");
        await body.TryWriteEventAsync("{}"u8.ToArray());
        await WriteAsync(body, "\n\n");
        await body.TryWriteEventAsync("{}"u8.ToArray());

        Assert.Equal("data: half\n\nevent: message\ndata: {}\n\n", Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Theory]
    [InlineData("application/json", 200)]
    [InlineData(null, 200)]
    [InlineData("text/event-stream", 404)]
    public async Task What_is_no_event_stream_does_not_beat(string? contentType, int status)
    {
        var (body, stream, time) = Body(contentType, status);

        await BeatAsync(body, time);

        Assert.Empty(stream.ToArray());
    }

    [Fact]
    public async Task What_is_written_past_the_body_or_is_closed_does_not_beat()
    {
        var (written, first, time) = Body("text/event-stream");
        _ = ((IHttpResponseBodyFeature)written).Writer;
        await BeatAsync(written, time);
        var (closed, second, other) = Body("text/event-stream");
        await closed.CloseAsync();
        await BeatAsync(closed, other);
        await closed.TryWriteEventAsync("{}"u8.ToArray());

        Assert.Empty(first.ToArray());
        Assert.Empty(second.ToArray());
    }

    [Fact]
    public async Task A_client_that_reads_slowly_does_not_hold_up_the_beats_of_others_nor_get_two_at_once()
    {
        var stalled = new StalledStream();
        var (body, _, time) = Body("text/event-stream", stream: stalled);

        var writing = WriteAsync(body, "data: one\n\n");
        await BeatAsync(body, time).WaitAsync(TimeSpan.FromSeconds(5));
        Assert.False(writing.IsCompleted);
        stalled.Go.SetResult();
        await writing;
        await BeatAsync(body, time);

        Assert.Equal("data: one\n\n" + Beat, Encoding.UTF8.GetString(stalled.ToArray()));
    }

    private static Task WriteAsync(EventStreamBody body, string text) => body.WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask();

    private static Task BeatAsync(EventStreamBody body, FakeTimeProvider time)
    {
        time.Advance(Heartbeat);
        return body.BeatAsync();
    }

    private static (EventStreamBody Body, MemoryStream Stream, FakeTimeProvider Time) Body(string? contentType, int status = 200, MemoryStream? stream = null)
    {
        var time = new FakeTimeProvider();
        stream ??= new MemoryStream();
        var response = new DefaultHttpContext().Response;
        response.ContentType = contentType;
        response.StatusCode = status;
        return (new EventStreamBody(response, new StreamResponseBodyFeature(stream), Heartbeat, time), stream, time);
    }

    private static async Task<string> ReadUntilAsync(NetworkStream wire, string end)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            Assert.Equal(1, await wire.ReadAsync(one, patience.Token));
            text.Append((char)one[0]);
        }

        return text.ToString();
    }

    /// <summary>Takes nothing until the test lets it.</summary>
    private sealed class StalledStream : MemoryStream
    {
        public TaskCompletionSource Go { get; } = new();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Go.Task;
            await base.WriteAsync(buffer, cancellationToken);
        }
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.Authorization;

public sealed class RequestBodyTests
{
    public static TheoryData<string, int, string> Refused => new()
    {
        { "[]", -32600, "batch" },
        { $"[{Messages.Ping}]", -32600, "batch" },
        { "", -32700, "not_json" },
        { "{", -32700, "not_json" },
        { "nonsense", -32700, "not_json" },
        { Messages.Ping + Messages.Ping, -32700, "not_json" },
        { """{"jsonrpc":"2.0","id":1,"method":"ping",}""", -32700, "not_json" },
        { """{"jsonrpc":"2.0","id":1,/* */"method":"ping"}""", -32700, "not_json" },
        { """{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/list"}""", -32700, "not_json" },
        { """{"jsonrpc":"2.0","id":1,"method":"ping","m\u0065thod":"tools/list"}""", -32700, "not_json" },
        { """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query_count","name":"remove_folder"}}""", -32700, "not_json" },
        { """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query_count","arguments":{"a":[{"b":1,"b":2}]}}}""", -32700, "not_json" },
        { """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query_count"},"params":{"name":"remove_folder"}}""", -32700, "not_json" },
        { "\"ping\"", -32600, "not_json_rpc" },
        { "null", -32600, "not_json_rpc" },
        { "{}", -32600, "not_json_rpc" },
        { """{"id":1,"method":"ping"}""", -32600, "not_json_rpc" },
        { """{"jsonrpc":"1.0","id":1,"method":"ping"}""", -32600, "not_json_rpc" },
        { """{"jsonrpc":2.0,"id":1,"method":"ping"}""", -32600, "not_json_rpc" },
        { """{"jsonrpc":"2.0","id":1,"method":7}""", -32600, "not_json_rpc" },
        { """{"jsonrpc":"2.0","id":1,"method":["ping"]}""", -32600, "not_json_rpc" },
        { """{"jsonrpc":"2.0","id":1,"method":null}""", -32600, "not_json_rpc" },
        { """{"jsonrpc":"2.0","id":1,"method":"\ud800"}""", -32700, "not_json" },
        { """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query_count","arguments":{"a":["\udfff"]}}}""", -32700, "not_json" },
        { """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query_count","arguments":{"\ud800x":1}}}""", -32700, "not_json" },
        { """{"jsonrpc":"2.0","id":null,"method":"ping"}""", -32600, "not_json_rpc" },
        { """{"jsonrpc":"2.0","id":{},"method":"ping"}""", -32600, "not_json_rpc" },
        { """{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}""", -32600, "not_json_rpc" },
        { """{"jsonrpc":"2.0","id":1,"result":{},"error":{}}""", -32600, "not_json_rpc" },
        { """{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}""", -32600, "not_json_rpc" },
        { """{"jsonrpc":"2.0","id":1,"Method":"ping"}""", -32600, "ambiguous_name" },
        { """{"jsonrpc":"2.0","id":1,"method":"ping","Params":{}}""", -32600, "ambiguous_name" },
        { """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query_count","Name":"remove_folder"}}""", -32600, "ambiguous_name" },
        { """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"NAME":"remove_folder","name":"query_count"}}""", -32600, "ambiguous_name" },
        { """{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"a:b","URI":"c:d"}}""", -32600, "ambiguous_name" },
        { """{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"Notifications":{"resourceSubscriptions":["a:b"]}}}""", -32600, "ambiguous_name" },
        { """{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"ResourceSubscriptions":["a:b"]}}}""", -32600, "ambiguous_name" },
        { """{"jsonrpc":"2.0","id":1,"method":"tools/call"}""", -32602, "bad_params" },
        { """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}""", -32602, "bad_params" },
        { """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":["query_count"]}}""", -32602, "bad_params" },
        { """{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":null}}""", -32602, "bad_params" },
        { """{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"resourceSubscriptions":"a:b"}}}""", -32602, "bad_params" },
        { """{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"resourceSubscriptions":[1]}}}""", -32602, "bad_params" },
        { Nested(65), -32700, "not_json" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_body_that_two_parsers_could_read_differently_is_refused(string body, int code, string reason)
    {
        await using var brain = await TestBrain.StartNone();
        var session = await brain.Initialize();

        foreach (var version in new[] { Messages.Legacy, Messages.Modern })
        {
            using var response = await brain.Client.SendAsync(brain.Post(body, session, version));
            var text = await response.Content.ReadAsStringAsync();

            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Contains($"\"code\":{code}", text);
            Assert.Contains(reason, text);
        }

        Assert.Empty(brain.Log.Calls);
    }

    [Theory]
    [InlineData(Messages.Modern, HttpStatusCode.NotFound, -32601)]
    [InlineData(Messages.Legacy, HttpStatusCode.BadRequest, -32602)]
    public async Task What_the_newest_revision_took_away_is_unknown_there_even_without_its_parameters(string version, HttpStatusCode status, int code)
    {
        await using var brain = await TestBrain.StartNone();
        var session = await brain.Initialize();

        foreach (var method in new[] { "resources/subscribe", "resources/unsubscribe" })
        {
            using var response = await brain.Client.SendAsync(brain.Post($$$"""{"jsonrpc":"2.0","id":7,"method":"{{{method}}}","params":{}}""", session, version));

            Assert.Equal(status, response.StatusCode);
            var text = await response.Content.ReadAsStringAsync();
            Assert.Contains($"\"code\":{code}", text);
            Assert.Contains("\"id\":7", text);
        }
    }

    [Fact]
    public async Task A_refusal_echoes_the_id_and_depth_64_is_allowed()
    {
        await using var brain = await TestBrain.StartNone();
        var session = await brain.Initialize();

        using var refused = await brain.Client.SendAsync(brain.Post("""{"jsonrpc":"2.0","id":"abc","method":"tools/call"}""", session));
        using var deep = await brain.Client.SendAsync(brain.Post(Nested(64), session));

        Assert.Contains("\"id\":\"abc\"", await refused.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, deep.StatusCode);
    }

    [Theory]
    [InlineData("utf-8 bom")]
    [InlineData("utf-16le")]
    [InlineData("utf-16be bom")]
    [InlineData("broken in a string")]
    [InlineData("overlong")]
    public async Task A_body_in_another_encoding_is_refused(string kind)
    {
        var body = kind switch
        {
            "utf-8 bom" => [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Messages.Ping)],
            "utf-16le" => Encoding.Unicode.GetBytes(Messages.Ping),
            "utf-16be bom" => [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(Messages.Ping)],
            "broken in a string" => [.. """{"jsonrpc":"2.0","id":"""u8, (byte)'"', 0xC3, 0x28, (byte)'"', .. ""","method":"ping"}"""u8],
            _ => (byte[])[.. """{"jsonrpc":"2.0","id":"""u8, (byte)'"', 0xC0, 0xAF, (byte)'"', .. ""","method":"ping"}"""u8],
        };
        await using var brain = await TestBrain.StartNone();
        var session = await brain.Initialize();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        TestBrain.Complete(request, session);

        using var response = await brain.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("-32700", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_one_byte_above_four_MiB_is_refused_whether_it_says_so_or_not(bool declared)
    {
        await using var brain = await TestBrain.StartNone();
        const int size = (4 * 1024 * 1024) + 1;
        var head = $"POST /mcp HTTP/1.1\nHost: localhost:{brain.Port}\nContent-Type: application/json\nAccept: application/json, text/event-stream\n";

        var response = declared
            ? await RawHttp.Send(brain.Port, $"{head}Content-Length: {size}")
            : await RawHttp.Send(brain.Port, $"{head}Transfer-Encoding: chunked", [.. Encoding.ASCII.GetBytes($"{size:x}\r\n"), .. new byte[size], .. "\r\n0\r\n\r\n"u8]);

        Assert.Equal(413, response.Status);
    }

    /// <summary>Kestrel has the same ceiling; this one is below it, so that our own count is what refuses.</summary>
    [Fact]
    public async Task The_bytes_are_counted_and_not_only_declared()
    {
        await using var brain = await TestBrain.StartNone(builder => builder.Services.AddSingleton(new RequestLimits { MaxBodyBytes = 1000 }));

        var response = await RawHttp.Send(
            brain.Port,
            $"POST /mcp HTTP/1.1\nHost: localhost:{brain.Port}\nContent-Type: application/json\nTransfer-Encoding: chunked",
            [.. Encoding.ASCII.GetBytes($"{1001:x}\r\n"), .. new byte[1001], .. "\r\n0\r\n\r\n"u8]);

        Assert.Equal(413, response.Status);
    }

    [Fact]
    public async Task A_body_of_just_four_MiB_is_read()
    {
        await using var brain = await TestBrain.StartNone();
        var session = await brain.Initialize();
        var body = Messages.Ping.PadRight(4 * 1024 * 1024);

        using var response = await brain.Client.SendAsync(brain.Post(body, session));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    /// <summary>Fast enough for Kestrel's least rate, which alone would let it go on for long.</summary>
    [Fact]
    public async Task A_body_that_trickles_in_is_cut_off()
    {
        await using var brain = await TestBrain.StartNone(builder => builder.Services.AddSingleton(new RequestLimits { BodyTimeout = TimeSpan.FromMilliseconds(300) }));
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", brain.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /mcp HTTP/1.1\r\nHost: localhost:{brain.Port}\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\nConnection: close\r\n\r\n"));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(8));
        var trickle = Trickle(stream, limit.Token);

        var buffer = new byte[4096];
        var read = await stream.ReadAsync(buffer, limit.Token);
        await limit.CancelAsync();
        await trickle;

        var response = Encoding.ASCII.GetString(buffer, 0, read);
        Assert.StartsWith("HTTP/1.1 408", response);
    }

    private static async Task Trickle(NetworkStream stream, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await stream.WriteAsync(new byte[200], cancellationToken);
                await Task.Delay(100, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The server closed, or the test is over.
        }
    }

    [Fact]
    public async Task A_strangers_body_is_not_parsed()
    {
        await using var brain = await TestBrain.StartBasic();

        using var response = await brain.Client.SendAsync(brain.Post("[not json"));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    /// <summary>A call whose deepest array is at <paramref name="depth"/>; the message, params and arguments are three of the levels.</summary>
    private static string Nested(int depth) =>
        """{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":""" + new string('[', depth - 2) + new string(']', depth - 2) + "}}";
}

using System.Net.Http.Headers;
using System.Text;
using AgentBrain.Server.Tests.Hosting;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>
/// Bodies in which one reader finds the tool that was granted and another the one that was not (RFC 8259 §4, SR-17). The token may
/// read; each body holds <c>query_count</c> and <c>remove_folder</c>.
/// </summary>
public sealed class DifferentialBodyMatrix(World world) : IClassFixture<World>
{
    public static TheoryData<string, string, string> Each
    {
        get
        {
            (string Reason, string Body)[] bodies =
            [
                ("not_json", """{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call","params":{"name":"remove_folder"}}"""),
                ("not_json", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query_count"},"params":{"name":"remove_folder"}}"""),
                ("not_json", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query_count","name":"remove_folder"}}"""),
                ("not_json", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query_count","n\u0061me":"remove_folder"}}"""),
                ("not_json", """{"jsonrpc":"2.0","id":1,"m\u0065thod":"tools/list","method":"tools/call","params":{"name":"remove_folder"}}"""),
                ("ambiguous_name", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query_count","Name":"remove_folder"}}"""),
                ("ambiguous_name", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"NAME":"remove_folder","name":"query_count"}}"""),
                ("ambiguous_name", """{"jsonrpc":"2.0","id":1,"method":"tools/list","Method":"tools/call","params":{"name":"remove_folder"}}"""),
                ("ambiguous_name", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query_count"},"PARAMS":{"name":"remove_folder"}}"""),
                ("not_json", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query_count"/*","name":"remove_folder"*/}}"""),
                ("not_json", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"query_count\" // \"\n,\"arguments\":{}}}"),
                ("not_json", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query_count"}}{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"remove_folder"}}"""),
                ("batch", """[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query_count"}},{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"remove_folder"}}]"""),
                ("batch", """[{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"remove_folder"}}]"""),
                ("not_json", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query_count",},}"""),
                ("not_json", """{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'remove_folder'}}"""),
                ("bad_params", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":["query_count","remove_folder"]}}"""),
                ("bad_params", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"arguments":{"name":"remove_folder"}}}"""),
                ("not_json_rpc", """{"jsonrpc":"2.0","id":1,"method":["tools/list","tools/call"],"params":{"name":"remove_folder"}}"""),
                ("not_json_rpc", """{"jsonrpc":"2.0","id":1,"method":"tools/call","result":{},"params":{"name":"remove_folder"}}"""),
                ("not_json", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"query_count\\ud800\",\"arguments\":{}}}"),
                ("not_json", "\uFEFF{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"query_count\"}}"),
            ];
            var data = new TheoryData<string, string, string>();
            foreach (var (reason, body) in bodies)
            {
                foreach (var generation in Rows.Generations)
                    data.Add(reason, body, generation);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Each))]
    public async Task A_body_that_two_readers_could_read_differently_is_refused(string reason, string body, string generation)
    {
        var before = world.Brain.Log.Calls.Count;

        var reply = await new Attempt(world) { Body = body, Session = await world.SessionOf("default", generation) }.Send(generation);

        Assert.Equal($"400 {reason}", reply.Shape);
        Assert.Equal(before, world.Brain.Log.Calls.Count);
    }

    /// <summary>Two spellings of one name are one name to every reader, and so to the gate.</summary>
    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools\/call","params":{"name":"re\u006dove_folder"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"m\u0065thod":"tools/call","params":{"n\u0061me":"remove_folder"}}""")]
    [InlineData("""{"params":{"arguments":{"name":"query_count"},"name":"remove_folder"},"method":"tools/call","id":1,"jsonrpc":"2.0"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"remove_folder","_meta":{"name":"query_count"}}}""")]
    public async Task Escapes_and_order_hide_nothing_from_the_gate(string body)
    {
        foreach (var generation in Rows.Generations)
        {
            var reply = await new Attempt(world) { Body = body, Session = await world.SessionOf("default", generation) }.Send(generation);

            Assert.Equal(Expect.Scope, reply.Shape);
        }
    }

    [Theory]
    [InlineData("application/json; charset=utf-16", null, "415 content_type_not_json")]
    [InlineData("application/json; charset=iso-8859-1", null, "415 content_type_not_json")]
    [InlineData("application/json; charset=utf-8; charset=utf-16", null, "415 content_type_not_json")]
    [InlineData("application/json; boundary=x", null, "415 content_type_not_json")]
    [InlineData("text/plain", null, "415 content_type_not_json")]
    [InlineData("application/x-www-form-urlencoded", null, "415 content_type_not_json")]
    [InlineData("application/json-seq", null, "415 content_type_not_json")]
    [InlineData("application/json, text/plain", null, "415 content_type_not_json")]
    [InlineData("application/json", "gzip", "415 content_encoding")]
    [InlineData("application/json", "identity", "415 content_encoding")]
    [InlineData("application/json", "br", "415 content_encoding")]
    public async Task Another_encoding_or_type_is_refused_before_anybody_reads(string type, string? encoding, string expected)
    {
        var token = new Attempt(world).Token;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp") { Content = new ByteArrayContent(Encoding.Unicode.GetBytes(Messages.Call("remove_folder"))) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        if (encoding is not null)
            request.Content.Headers.ContentEncoding.Add(encoding);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        TestBrain.Complete(request);
        using var response = await world.Brain.Client.SendAsync(request);

        Assert.Equal(expected, Reply.Of(response, await response.Content.ReadAsStringAsync()).Shape);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16be")]
    [InlineData("utf-32")]
    public async Task Bytes_of_another_encoding_that_call_themselves_UTF8_are_refused(string encoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp") { Content = new ByteArrayContent([.. Encoding.GetEncoding(encoding).GetPreamble(), .. Encoding.GetEncoding(encoding).GetBytes(Messages.Call("query_count"))]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", new Attempt(world).Token);
        TestBrain.Complete(request, version: Messages.Modern);
        using var response = await world.Brain.Client.SendAsync(request);

        Assert.Equal("400 not_json", Reply.Of(response, await response.Content.ReadAsStringAsync()).Shape);
    }
}

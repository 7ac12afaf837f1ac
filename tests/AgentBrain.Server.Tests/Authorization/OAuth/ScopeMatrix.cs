using AgentBrain.Server.Tests.Hosting;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>Every method and every tool with each single scope and with none, in every generation (RFC 6750 §3.1, MCP authorization).</summary>
public sealed class ScopeMatrix(World world) : IClassFixture<World>
{
    private const string Listen = "subscriptions/listen with resources";

    private static readonly string[] Grants = ["", .. ScopeSetText.Vocabulary];

    public static TheoryData<string, string, string> Methods => Cross([.. ScopeTable.Requests.Keys.Order(StringComparer.Ordinal), Listen]);

    public static TheoryData<string, string, string> Tools => Cross(ScopeTable.Tools.Keys.Order(StringComparer.Ordinal));

    public static TheoryData<string, string> Notifications
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var method in ScopeTable.Notifications)
            {
                foreach (var grant in Grants)
                    data.Add(method, grant);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task A_tool_runs_with_its_scope_and_with_no_other(string tool, string granted, string generation)
    {
        var before = world.Brain.Log.Calls.Count;

        var reply = await Send("tools/call", tool, null, granted, generation);

        Check(reply, granted, ScopeTable.Tools[tool]);
        if (reply.Status == 200 && tool != "whoami")
            Assert.Equal(before + 1, world.Brain.Log.Calls.Count);
        else
            Assert.Equal(before, world.Brain.Log.Calls.Count);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_method_is_let_through_with_all_of_its_scopes_and_not_before(string method, string granted, string generation)
    {
        var needed = method == Listen ? ScopeSet.Read | ScopeSet.Subscribe : ScopeTable.Requests[method];

        var reply = await Send(method == Listen ? "subscriptions/listen" : method, null, Parameters(method), granted, generation);

        Check(reply, granted, needed);
    }

    [Theory]
    [InlineData("resources/subscribe", Messages.Legacy)]
    [InlineData("resources/unsubscribe", "2025-11-25")]
    public async Task What_needs_two_scopes_is_let_through_with_both(string method, string generation)
    {
        var reply = await Send(method, null, Parameters(method), "agent-brain:read agent-brain:subscribe", generation);

        Assert.Equal(Expect.Accepted, reply.Shape);
    }

    [Theory]
    [MemberData(nameof(Notifications))]
    public async Task A_notification_of_the_table_needs_no_scope(string method, string granted)
    {
        var attempt = new Attempt(world) { Scope = granted, Body = $$$"""{"jsonrpc":"2.0","method":"{{{method}}}","params":{"requestId":99,"progressToken":1,"progress":1}}""", Session = await world.SessionOf("default", Messages.Legacy) };

        var reply = await attempt.Send(Messages.Legacy);

        Assert.Equal("202 -", reply.Shape);
    }

    /// <summary>The gate decides by the body; what the headers say of it is never believed.</summary>
    [Theory]
    [InlineData("tools/call", "query_count")]
    [InlineData("tools/list", "remove_folder")]
    [InlineData("tools/list", null)]
    [InlineData("ping", "query_count")]
    [InlineData("TOOLS/CALL", "QUERY_COUNT")]
    [InlineData("initialize", null)]
    public async Task Lying_headers_do_not_get_a_call_through(string method, string? name)
    {
        foreach (var generation in Rows.Generations)
        {
            var attempt = new Attempt(world)
            {
                Body = generation == Messages.Modern ? Messages.ModernRequest("tools/call", "\"name\":\"remove_folder\",\"arguments\":{}") : Messages.Call("remove_folder"),
                Session = await world.SessionOf("default", generation),
                Headers = { ["Mcp-Method"] = method },
            };
            if (name is not null)
                attempt.Headers["Mcp-Name"] = name;
            var before = world.Brain.Log.Calls.Count;

            var reply = await attempt.Send(generation);

            Assert.Equal(Expect.Scope, reply.Shape);
            Assert.Equal("agent-brain:read agent-brain:admin", reply.Scope);
            Assert.Equal(before, world.Brain.Log.Calls.Count);
        }
    }

    [Theory]
    [InlineData("tasks/list")]
    [InlineData("Tools/call")]
    [InlineData("tools/call ")]
    [InlineData("sampling/createMessage")]
    [InlineData("roots/list")]
    [InlineData("")]
    public async Task A_method_that_is_not_in_the_table_is_refused_whatever_was_granted(string method)
    {
        foreach (var generation in Rows.Generations)
        {
            var reply = await Send(method, null, "\"name\":\"query_count\"", string.Join(' ', ScopeSetText.Vocabulary), generation);

            Assert.Equal(generation == Messages.Modern ? "404 unknown_method" : "200 unknown_method", reply.Shape);
        }
    }

    private async Task<Reply> Send(string method, string? tool, string? parameters, string granted, string generation)
    {
        var attempt = new Attempt(world) { Method = method, Tool = tool, Scope = granted };
        if (method == "initialize")
            attempt.Body = Messages.Initialize.Replace(Messages.Legacy, generation, StringComparison.Ordinal);
        else if (tool is null)
            attempt.Body = generation == Messages.Modern ? Messages.ModernRequest(method, parameters ?? "") : $$$"""{"jsonrpc":"2.0","id":3,"method":"{{{method}}}","params":{{{{parameters}}}}}""";
        if (method != "initialize")
            attempt.Session = await world.SessionOf("default", generation);
        return await attempt.Send(generation);
    }

    /// <summary>Refused with the challenge for what is missing, or not the gate's business any more.</summary>
    private static void Check(Reply reply, string granted, ScopeSet needed)
    {
        var has = ScopeSetText.Read(granted);
        if (has.Covers(needed))
        {
            Assert.True(reply.Reason is null && reply.Challenges.Length == 0 && reply.Status is 200 or 202 or 404 or 400, $"{reply.Shape}: {reply.Body}");
            return;
        }

        Assert.Equal(Expect.Scope, reply.Shape);
        Assert.Equal((has | needed).ToScopeText(), reply.Scope);
        Assert.Equal("no-store", reply.Header("Cache-Control"));
    }

    private static string? Parameters(string method) => method switch
    {
        "resources/read" or "resources/subscribe" or "resources/unsubscribe" => "\"uri\":\"a:b\"",
        "prompts/get" => "\"name\":\"p\"",
        "completion/complete" => """
            "ref":{"type":"ref/prompt","name":"p"},"argument":{"name":"a","value":"b"}
            """,
        "logging/setLevel" => "\"level\":\"info\"",
        Listen => "\"notifications\":{\"resourceSubscriptions\":[\"a:b\"]}",
        _ => null,
    };

    private static TheoryData<string, string, string> Cross(IEnumerable<string> names)
    {
        var data = new TheoryData<string, string, string>();
        foreach (var name in names)
        {
            foreach (var grant in Grants)
            {
                foreach (var generation in Rows.Generations)
                    data.Add(name, grant, generation);
            }
        }

        return data;
    }
}

using System.Net;
using AgentBrain.Server.Authorization;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.Authorization;

public sealed class ScopeGateTests
{
    private static readonly string[] OpenMethods =
        ["ping", "tools/list", "resources/list", "resources/templates/list", "prompts/list", "logging/setLevel", "initialize", "server/discover", "subscriptions/listen"];

    public static TheoryData<string, string, int> Needs
    {
        get
        {
            var data = new TheoryData<string, string, int>();
            foreach (var (tool, scope) in ScopeTable.Tools)
                data.Add("tools/call", $$"""{"name":"{{tool}}"}""", (int)scope);
            foreach (var method in OpenMethods)
                data.Add(method, "{}", 0);
            data.Add("resources/read", """{"uri":"a:b"}""", (int)ScopeSet.Read);
            data.Add("prompts/get", """{"name":"p"}""", (int)ScopeSet.Read);
            data.Add("completion/complete", "{}", (int)ScopeSet.Read);
            data.Add("resources/subscribe", """{"uri":"a:b"}""", (int)(ScopeSet.Read | ScopeSet.Subscribe));
            data.Add("resources/unsubscribe", """{"uri":"a:b"}""", (int)(ScopeSet.Read | ScopeSet.Subscribe));
            data.Add("subscriptions/listen", """{"notifications":{"resourceSubscriptions":["a:b"]}}""", (int)(ScopeSet.Read | ScopeSet.Subscribe));
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Needs))]
    public async Task Each_operation_is_refused_without_its_scopes_in_both_generations(string method, string parameters, int needed)
    {
        foreach (var granted in Enumerable.Range(0, 16).Select(bits => (ScopeSet)bits).Where(granted => !granted.Covers((ScopeSet)needed)))
        {
            await using var brain = await StartWith(granted);
            foreach (var version in new[] { Messages.Legacy, Messages.Modern })
            {
                using var request = brain.Post($$"""{"jsonrpc":"2.0","id":9,"method":"{{method}}","params":{{parameters}}}""", null, version);
                using var response = await brain.Client.SendAsync(request);

                Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
                Assert.Equal(
                    $"Bearer realm=\"agent-brain\", error=\"insufficient_scope\", scope=\"{(granted | (ScopeSet)needed).ToScopeText()}\"",
                    string.Join("|", response.Headers.GetValues("WWW-Authenticate")));
            }

            Assert.Empty(brain.Log.Calls);
            if (needed is not (int)ScopeSet.Read)
                break;
        }
    }

    [Theory]
    [InlineData("query_count", (int)ScopeSet.Read)]
    [InlineData("index_folder", (int)ScopeSet.Index)]
    [InlineData("remove_folder", (int)ScopeSet.Admin)]
    public async Task A_call_runs_with_just_its_scope(string tool, int granted)
    {
        await using var brain = await StartWith((ScopeSet)granted);
        var session = await brain.Initialize();

        using var response = await brain.Client.SendAsync(brain.Post(Messages.Call(tool), session));

        Assert.Contains("ran " + tool, await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("query_count", "query_count", "query_count")]
    [InlineData("tools/list", "query_count", "tools/list")]
    public async Task Lying_headers_do_not_get_a_call_through(string methodHeader, string nameHeader, string extra)
    {
        await using var brain = await StartWith(ScopeSet.Read);
        var session = await brain.Initialize();
        foreach (var version in new[] { Messages.Legacy, Messages.Modern })
        {
            using var request = brain.Post(Messages.ModernRequest("tools/call", "\"name\":\"remove_folder\""), session, version);
            request.Headers.Add("Mcp-Method", methodHeader);
            request.Headers.Add("Mcp-Name", nameHeader);
            request.Headers.Add("X-Extra", extra);
            using var response = await brain.Client.SendAsync(request);

            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }

        Assert.Empty(brain.Log.Calls);
    }

    [Theory]
    [InlineData("tasks/list", Messages.Modern, 404, -32601)]
    [InlineData("tasks/list", Messages.Legacy, 200, -32601)]
    [InlineData("Tools/call", Messages.Modern, 404, -32601)]
    [InlineData("roots/list", Messages.Legacy, 200, -32601)]
    [InlineData("sampling/createMessage", Messages.Legacy, 200, -32601)]
    [InlineData("", Messages.Legacy, 200, -32601)]
    public async Task What_the_table_does_not_have_is_refused(string method, string version, int status, int code)
    {
        await using var brain = await TestBrain.StartNone();
        var session = await brain.Initialize();

        using var response = await brain.Client.SendAsync(brain.Post($$"""{"jsonrpc":"2.0","id":9,"method":"{{method}}"}""", session, version));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains($"\"code\":{code}", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("notifications/tasks/status", 400)]
    [InlineData("tools/call", 400)]
    [InlineData("notifications/initialized", 202)]
    [InlineData("notifications/cancelled", 202)]
    public async Task A_notification_outside_the_table_is_refused(string method, int status)
    {
        await using var brain = await TestBrain.StartNone();
        var session = await brain.Initialize();

        using var response = await brain.Client.SendAsync(brain.Post($$$"""{"jsonrpc":"2.0","method":"{{{method}}}","params":{"name":"query_count","requestId":1}}""", session));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Empty(brain.Log.Calls);
    }

    [Theory]
    [InlineData("Remove_folder")]
    [InlineData("remove_folder ")]
    [InlineData("nothing")]
    public async Task An_unknown_tool_is_an_error_of_the_call(string tool)
    {
        await using var brain = await TestBrain.StartNone();
        var session = await brain.Initialize();

        using var response = await brain.Client.SendAsync(brain.Post(Messages.Call(tool), session));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("-32602", await response.Content.ReadAsStringAsync());
        Assert.Empty(brain.Log.Calls);
    }

    [Fact]
    public async Task The_legacy_stream_is_not_allowed_without_subscribe()
    {
        await using var brain = await StartWith(ScopeSet.Read | ScopeSet.Index | ScopeSet.Admin);
        var session = await brain.Initialize();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/mcp");
        TestBrain.Complete(request, session);

        using var response = await brain.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["POST", "DELETE"], response.Content.Headers.Allow);
    }

    [Fact]
    public async Task A_caller_without_entitlement_gets_no_challenge()
    {
        await using var brain = await TestBrain.StartNone(builder => builder.Services.AddSingleton<IAccessPolicy>(new FixedPolicy(null)));

        using var response = await brain.Client.SendAsync(brain.Post(Messages.Initialize));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("not_entitled", await response.Content.ReadAsStringAsync());
        Assert.Empty(response.Headers.WwwAuthenticate);
    }

    [Fact]
    public async Task A_subscription_to_more_than_a_hundred_resources_is_refused()
    {
        await using var brain = await TestBrain.StartNone();
        var uris = string.Join(',', Enumerable.Range(0, 101).Select(i => $"\"a:{i}\""));

        using var response = await brain.Client.SendAsync(brain.Post(
            Messages.ModernRequest("subscriptions/listen", $$$"""
                "notifications":{"resourceSubscriptions":[{{{uris}}}]}
                """), null, Messages.Modern));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("too_many_uris", await response.Content.ReadAsStringAsync());
    }

    private static Task<TestBrain> StartWith(ScopeSet granted) =>
        TestBrain.StartNone(builder => builder.Services.AddSingleton<IAccessPolicy>(new FixedPolicy(granted)));

    private sealed class FixedPolicy(ScopeSet? granted) : IAccessPolicy
    {
        public ScopeSet? MaximumFor(Caller caller, ProtectedResource resource) => granted;
    }
}

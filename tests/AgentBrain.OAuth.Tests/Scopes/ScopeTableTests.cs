namespace AgentBrain.OAuth.Tests.Scopes;

public sealed class ScopeTableTests
{
    [Theory]
    [InlineData("tools/call", "search_documents", ScopeSet.Read)]
    [InlineData("tools/call", "wait_for_job", ScopeSet.Index)]
    [InlineData("tools/call", "remove_folder", ScopeSet.Admin)]
    [InlineData("tools/list", null, ScopeSet.None)]
    [InlineData("resources/read", null, ScopeSet.Read)]
    [InlineData("resources/subscribe", null, ScopeSet.Read | ScopeSet.Subscribe)]
    [InlineData("subscriptions/listen", null, ScopeSet.None)]
    public void What_is_in_the_table_needs_what_it_says(string method, string? name, ScopeSet needed) =>
        Assert.Equal(new ScopeRequirement(needed), ScopeTable.Require(new Operation(MessageKind.Request, method, name, [])));

    [Fact]
    public void Listening_to_resources_is_reading_them() =>
        Assert.Equal(ScopeSet.Read | ScopeSet.Subscribe, ScopeTable.Require(new Operation(MessageKind.Request, "subscriptions/listen", null, ["job://1"])).Needed);

    [Theory]
    [InlineData(MessageKind.Request, "tools/call", "format_disk", Reasons.UnknownTool)]
    [InlineData(MessageKind.Request, "tools/call", "Search_documents", Reasons.UnknownTool)]
    [InlineData(MessageKind.Request, "tools/call", null, Reasons.UnknownTool)]
    [InlineData(MessageKind.Request, "Tools/list", null, Reasons.UnknownMethod)]
    [InlineData(MessageKind.Request, "notifications/initialized", null, Reasons.UnknownMethod)]
    [InlineData(MessageKind.Notification, "tools/list", null, Reasons.UnknownMethod)]
    public void What_is_not_in_it_needs_everything_and_is_refused(MessageKind kind, string method, string? name, string reason)
    {
        var requirement = ScopeTable.Require(new Operation(kind, method, name, []));

        Assert.Equal(reason, requirement.UnknownReason);
        Assert.Equal(ScopeSet.All, requirement.Needed);
    }

    [Fact]
    public void Notifications_and_answers_need_no_scope_of_their_own()
    {
        Assert.Equal(new ScopeRequirement(ScopeSet.None), ScopeTable.Require(new Operation(MessageKind.Notification, "notifications/cancelled", null, [])));
        Assert.Equal(new ScopeRequirement(ScopeSet.None), ScopeTable.Require(new Operation(MessageKind.Response, "", null, [])));
    }

    [Fact]
    public void Operations_are_equal_by_what_decides()
    {
        var one = new Operation(MessageKind.Request, "resources/read", null, ["a"]);

        Assert.Equal(one, new Operation(MessageKind.Request, "resources/read", null, ["a"]));
        Assert.Equal(one.GetHashCode(), new Operation(MessageKind.Request, "resources/read", null, ["a"]).GetHashCode());
        Assert.NotEqual(one, one with { Uris = ["b"] });
        Assert.NotEqual(one, one with { Kind = MessageKind.Notification });
        Assert.NotEqual(one, one with { Method = "Resources/read" });
        Assert.NotEqual(one, one with { Name = "a" });
        Assert.False(one.Equals(null));
        Assert.True(new Operation(MessageKind.Request, "subscriptions/listen", null, []).OpensStream);
        Assert.False(one.OpensStream);
    }

    [Fact]
    public void The_vocabulary_has_one_order() =>
        Assert.Equal(["agent-brain:read", "agent-brain:index", "agent-brain:subscribe", "agent-brain:admin"], ScopeSetText.Vocabulary);
}

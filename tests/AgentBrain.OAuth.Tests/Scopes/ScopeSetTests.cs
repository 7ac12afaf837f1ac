namespace AgentBrain.OAuth.Tests.Scopes;

public sealed class ScopeSetTests
{
    [Theory]
    [InlineData("agent-brain:read", "agent-brain:read")]
    [InlineData("agent-brain:admin agent-brain:read", "agent-brain:read agent-brain:admin")]
    [InlineData("openid agent-brain:read offline_access", "agent-brain:read")]
    [InlineData("Agent-Brain:read agent-brain:READ agent-brain:readx agent-brain:", "")]
    [InlineData("  agent-brain:index  agent-brain:index ", "agent-brain:index")]
    [InlineData("agent-brain:read\tagent-brain:admin", "")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void A_scope_text_is_read_by_exact_names_and_written_in_one_order(string? text, string expected) =>
        Assert.Equal(expected, ScopeSetText.Read(text).ToScopeText());
}

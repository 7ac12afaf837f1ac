using AgentBrain.Server.Brains;
using AgentBrain.Server.Mcp.Resources;
using AgentBrain.Server.Mcp.Subscriptions;

namespace AgentBrain.Server.Tests.Mcp.Subscriptions;

public sealed class WatchListTests
{
    [Fact]
    public void A_stream_takes_a_hundred_resources_and_each_only_once()
    {
        var list = new WatchList(Limits.Standard.UrisPerStream, TimeProvider.System);
        for (var i = 0; i < Limits.Standard.UrisPerStream; i++)
        {
            list.TryAdd(Fixed("job://" + i));
        }

        Assert.Equal("duplicate_subscribe", Assert.Throws<BrainException>(() => list.TryAdd(Fixed("JOB://0/"))).Reason);
        var full = Assert.Throws<BrainException>(() => list.TryAdd(Fixed("job://more")));
        Assert.Equal("too_many_subscriptions", full.Reason);
        Assert.Contains("100", full.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_that_change_by_themselves_and_their_order_make_no_difference()
    {
        var before = ChangeFingerprint.Of("""{"a":1,"timestamp":"x","list":[{"b":2,"now":1}]}""");

        Assert.Equal(before, ChangeFingerprint.Of("""{"list":[{"now":2,"b":2}],"timestamp":"y","a":1}"""));
        Assert.NotEqual(before, ChangeFingerprint.Of("""{"list":[{"now":2,"b":3}],"timestamp":"y","a":1}"""));
    }

    private static SubscribableResource Fixed(string uri) =>
        new(ResourceUri.TryParse(uri)!, LookSpacing.Job, _ => new ResourceState("{}", IsFinal: false));
}

using AgentBrain.Server.Brains;
using AgentBrain.Server.Mcp.Subscriptions;
using AgentBrain.Server.Tests.Mcp.Resources;

namespace AgentBrain.Server.Tests.Mcp.Subscriptions;

public sealed class OpenStreamsTests : IDisposable
{
    private readonly SeededBrain _brain = new();
    private readonly OpenStreams _streams = new(Limits.Standard);

    public void Dispose() => _brain.Dispose();

    [Theory]
    [InlineData(StreamKind.Listen, 8)]
    [InlineData(StreamKind.Session, 16)]
    internal void A_principal_has_a_quota_that_closing_gives_back(StreamKind kind, int limit)
    {
        var opened = Enumerable.Range(0, limit).Select(_ => _streams.Open(_brain.Caller, kind)).ToList();

        var refusal = Assert.Throws<BrainException>(() => _streams.Open(_brain.Caller, kind));
        Assert.Equal("too_many_subscriptions", refusal.Reason);
        Assert.Contains(limit.ToString(), refusal.Message, StringComparison.Ordinal);
        opened[0].Dispose();
        opened[0].Dispose();
        Assert.Equal(limit - 1, _streams.Count);
        _streams.Open(_brain.Caller, kind);
        Assert.Throws<BrainException>(() => _streams.Open(_brain.Caller, kind));
    }

    [Fact]
    public void Another_subject_or_issuer_is_another_principal_and_another_client_is_not()
    {
        for (var i = 0; i < Limits.Standard.ListensPerPrincipal; i++)
        {
            _streams.Open(_brain.Caller, StreamKind.Listen);
        }

        _streams.Open(_brain.Caller with { Subject = "other" }, StreamKind.Listen);
        _streams.Open(_brain.Caller with { Issuer = "https://other" }, StreamKind.Listen);
        Assert.Throws<BrainException>(() => _streams.Open(_brain.Caller with { ClientId = "other" }, StreamKind.Listen));
    }

    [Fact]
    public void The_server_has_a_ceiling()
    {
        for (var i = 0; i < Limits.Standard.Streams; i++)
        {
            _streams.Open(_brain.Caller with { Subject = "s" + i }, StreamKind.Listen);
        }

        var refusal = Assert.Throws<BrainException>(() => _streams.Open(_brain.Caller, StreamKind.Listen));
        Assert.Contains("1000", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Streams_can_be_ended_by_caller_and_a_closed_one_is_not_asked()
    {
        var mine = _streams.Open(_brain.Caller, StreamKind.Listen);
        var closed = _streams.Open(_brain.Caller, StreamKind.Listen);
        var other = _streams.Open(_brain.Caller with { Subject = "other" }, StreamKind.Listen);
        closed.Dispose();

        _streams.EndWhere(caller => caller.Subject == "local");

        Assert.True(mine.Ended.IsCancellationRequested);
        Assert.False(closed.Ended.IsCancellationRequested);
        Assert.False(other.Ended.IsCancellationRequested);
    }
}

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>The machine's clock, a while off: a test moves the server's time and waits for nothing.</summary>
internal sealed class ShiftedTime(TimeSpan shift) : TimeProvider
{
    private long ticks = shift.Ticks;

    public void Advance(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref ticks));

    public override long GetTimestamp() => System.GetTimestamp() + (long)(TimeSpan.FromTicks(Interlocked.Read(ref ticks)).TotalSeconds * System.TimestampFrequency);
}

using AgentBrain.Server.Authorization;

namespace AgentBrain.Server.AuthorizationServer.Clients.Registration;

/// <summary>How often anybody may register: real clients do it once for each connection they are given.</summary>
internal sealed class RegistrationLimits(TimeProvider time)
{
    private const int PerAddress = 10;
    private const int Overall = 60;
    private const int MaxAddresses = 8_192;
    private const int RowsAtOnce = 20;
    private const string Everybody = "";
    private static readonly TimeSpan PerAddressInterval = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan OverallInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RowInterval = TimeSpan.FromMinutes(1);

    private readonly TokenBuckets _perAddress = new(time, PerAddress, PerAddressInterval, MaxAddresses);
    private readonly TokenBuckets _overall = new(time, Overall, OverallInterval, capacity: 1);
    private readonly TokenBuckets _rows = new(time, RowsAtOnce, RowInterval, capacity: 1);

    /// <summary>May this address register now?</summary>
    public bool TryTake(HttpContext context, out TimeSpan retryAfter) =>
        _perAddress.TryTake(AddressPrefix.Of(context.Connection.RemoteIpAddress), out retryAfter) && _overall.TryTake(Everybody, out retryAfter);

    /// <summary>Shall it be written into the owner's log? Strangers do not get to write that full.</summary>
    public bool TakeRow() => _rows.TryTake(Everybody, out _);
}

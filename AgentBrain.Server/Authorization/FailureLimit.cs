using System.Net;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Authorization;

/// <summary>
/// Limits how many wrong credentials one address may try. It never keeps the right secret out, not even from the same address:
/// who shares it with an attacker (a NAT, a proxy) must not be locked out, and with 128 bits to guess the limit protects the log
/// and the processor rather than the secret, which the start check does.
/// </summary>
internal sealed class FailureLimit(RequestLimits limits, TimeProvider time)
{
    private const int MaxAddresses = 8_192;
    private readonly TokenBuckets _buckets = new(time, limits.FailuresPerAddress, limits.FailureInterval, MaxAddresses);

    /// <summary>Counts one failure.</summary>
    /// <returns>False when the address has had too many.</returns>
    public bool Allow(IPAddress? address, out TimeSpan retryAfter) => _buckets.TryTake(AddressPrefix.Of(address), out retryAfter);
}

using System.Security.Cryptography;
using System.Text;
using AgentBrain.Server.Authorization;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Authentication;

/// <summary>
/// How often one address may fail to authenticate as one client. Secrets are hashed slowly, so guesses cost us more than the guesser;
/// beyond the limit no secret is looked at, not even the right one, but only from that address.
/// </summary>
internal sealed class ClientFailures(TimeProvider time)
{
    private const int AtOnce = 10;
    private const int MaxPairs = 8_192;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(6);

    private readonly TokenBuckets _buckets = new(time, AtOnce, Interval, MaxPairs);

    /// <summary>May the address try once more?</summary>
    public bool MayTry(HttpContext context, string? clientId, out TimeSpan retryAfter) => _buckets.HasToken(Key(context, clientId), out retryAfter);

    /// <summary>Counts a failure.</summary>
    public void Count(HttpContext context, string? clientId) => _buckets.TryTake(Key(context, clientId), out _);

    /// <summary>Of one size, whatever a stranger calls itself.</summary>
    private static string Key(HttpContext context, string? clientId) =>
        $"{AddressPrefix.Of(context.Connection.RemoteIpAddress)} {Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(clientId ?? "")).AsSpan(0, 8))}";
}

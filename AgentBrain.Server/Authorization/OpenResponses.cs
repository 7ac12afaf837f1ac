using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Authorization;

/// <summary>
/// All responses that are open now, and the quota of those that are streams. A GET and <c>subscriptions/listen</c> are streams from
/// the beginning and refused when there are too many. Any other response becomes one when it has been open for long enough: whether it
/// would take long could not be known before, and a caller whose places are taken may still make short calls.
/// </summary>
internal sealed class OpenResponses(RequestLimits limits, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly HashSet<OpenResponse> _open = [];
    private readonly Dictionary<(string, string), int> _streams = [];
    private int _allStreams;

    /// <summary>The responses that are open now.</summary>
    public OpenResponse[] Open
    {
        get
        {
            lock (_gate)
                return [.. _open];
        }
    }

    /// <summary>Opens a response; disposing it closes it.</summary>
    /// <returns><c>null</c> when it is a stream and one too many.</returns>
    public OpenResponse? TryOpen(GrantedAccess access, bool isStream, EventStreamBody? body)
    {
        var now = time.GetUtcNow();
        var response = new OpenResponse(this, access, now, EndOf(access.Caller, now), body);
        lock (_gate)
        {
            if (isStream && !TryCount(response))
                return null;

            _open.Add(response);
            return response;
        }
    }

    /// <summary>Counts a response as a stream; once is enough.</summary>
    /// <returns>False when it is one too many.</returns>
    public bool TryBecomeStream(OpenResponse response)
    {
        lock (_gate)
            return response.IsStream || !_open.Contains(response) || TryCount(response);
    }

    /// <summary>Closes a response, nothing if it is closed; called by its disposal.</summary>
    public void Close(OpenResponse response)
    {
        lock (_gate)
        {
            if (!_open.Remove(response) || !response.IsStream)
                return;

            _allStreams--;
            var principal = PrincipalOf(response);
            if (--_streams[principal] == 0)
                _streams.Remove(principal);
        }
    }

    /// <summary>
    /// Credentials without an end were judged when the response was opened and would be judged alike at any later time, so there is
    /// nothing to gain from sending the client around; and the SDK lets a session open its legacy stream only once.
    /// </summary>
    private DateTimeOffset? EndOf(Caller caller, DateTimeOffset now) =>
        caller.ExpiresAt is not { } expiry ? null
        : expiry < now + limits.StreamLifetime ? expiry
        : now + limits.StreamLifetime;

    private bool TryCount(OpenResponse response)
    {
        var principal = PrincipalOf(response);
        var count = _streams.GetValueOrDefault(principal);
        if (count >= limits.StreamsPerPrincipal || _allStreams >= limits.MaxStreams)
            return false;

        _streams[principal] = count + 1;
        _allStreams++;
        return response.IsStream = true;
    }

    private static (string, string) PrincipalOf(OpenResponse response) => (response.Access.Caller.Issuer, response.Access.Caller.Subject);
}

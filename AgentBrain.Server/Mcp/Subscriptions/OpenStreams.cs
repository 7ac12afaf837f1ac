using AgentBrain.Server.Brains;

namespace AgentBrain.Server.Mcp.Subscriptions;

/// <summary>
/// The open streams, each known by its own instance and never by an id that a client chose. Keeps the quotas; a person
/// with several clients has one. Over HTTP the pipeline has counted a listen stream before, by the same numbers; over stdio nothing has.
/// </summary>
/// <param name="limits">The quotas.</param>
internal sealed class OpenStreams(SubscriptionLimits limits)
{
    private readonly Lock _lock = new();
    private readonly HashSet<OpenStream> _streams = [];

    /// <summary>How many streams are open.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _streams.Count;
            }
        }
    }

    /// <summary>Opens a stream; disposing it closes it.</summary>
    /// <exception cref="BrainException">A quota is used up (<c>too_many_subscriptions</c>).</exception>
    public OpenStream Open(CallContext caller, StreamKind kind)
    {
        var (limit, name) = kind == StreamKind.Listen
            ? (limits.ListensPerPrincipal, "streams")
            : (limits.SessionsPerPrincipal, "sessions with subscriptions");
        lock (_lock)
        {
            if (_streams.Count >= limits.Streams)
            {
                throw SubscriptionRefusals.TooMany($"{limits.Streams} streams on this server");
            }

            if (_streams.Count(stream => stream.Kind == kind && IsSamePrincipal(stream.Caller, caller)) >= limit)
            {
                throw SubscriptionRefusals.TooMany($"{limit} {name} a principal");
            }

            var opened = new OpenStream(this, caller, kind);
            _streams.Add(opened);
            return opened;
        }
    }

    /// <summary>Ends, gracefully and soon, the streams of those callers; for revocation.</summary>
    public void EndWhere(Func<CallContext, bool> ends)
    {
        OpenStream[] found;
        lock (_lock)
        {
            found = [.. _streams.Where(stream => ends(stream.Caller))];
        }

        foreach (var stream in found)
        {
            stream.End();
        }
    }

    /// <summary>Takes a stream out; called by its disposal.</summary>
    internal void Remove(OpenStream stream)
    {
        lock (_lock)
        {
            _streams.Remove(stream);
        }
    }

    private static bool IsSamePrincipal(CallContext left, CallContext right) =>
        (left.Issuer, left.Subject) == (right.Issuer, right.Subject);
}

using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace AgentBrain.Server.Authorization;

/// <summary>The spans and metrics of authorization. Labels are closed sets: reason codes, methods and tools of the table, never a caller's text.</summary>
internal sealed class AuthorizationTelemetry : IDisposable
{
    /// <summary>The name of both the activity source and the meter.</summary>
    public const string Name = "AgentBrain.Authorization";

    private readonly ActivitySource _source = new(Name);
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _admissions;

    /// <summary>Makes the instruments.</summary>
    public AuthorizationTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _refusals = meter.CreateCounter<long>("agent_brain.authorization.refusals", "{request}", "Requests refused, by reason code.");
        _admissions = meter.CreateCounter<long>("agent_brain.authorization.admissions", "{request}", "Requests let through to the SDK, by method.");
    }

    /// <summary>Counts a refusal and writes its reason on the current span.</summary>
    /// <param name="reason">A code of <see cref="Reasons"/>.</param>
    public void Refused(string reason)
    {
        _refusals.Add(1, new KeyValuePair<string, object?>("reason", reason));
        Activity.Current?.SetTag("agent_brain.reason", reason);
    }

    /// <summary>Counts a request that was let through.</summary>
    /// <param name="method">A method of the table, or an HTTP verb.</param>
    public void Admitted(string method) => _admissions.Add(1, new KeyValuePair<string, object?>("method", method));

    /// <summary>Starts the span around a decision.</summary>
    public Activity? StartDecision() => _source.StartActivity("agent_brain.authorize");

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}

using System.Diagnostics;
using OpenTelemetry;

namespace AgentBrain.ServiceDefaults;

/// <summary>
/// Takes from spans what a collector must never get: query strings, which may hold codes and search text, user agents and client
/// addresses, and what clients say of their traces. It works on an allow-list, so that a new version of the instrumentation cannot add to what leaves.
/// </summary>
internal sealed class AttributeHygiene : BaseProcessor<Activity>
{
    private static readonly HashSet<string> Allowed = new(StringComparer.Ordinal)
    {
        "http.request.method", "http.response.status_code", "http.route", "error.type", "network.protocol.version", "server.port", "url.scheme",
    };

    private static readonly string[] HttpPrefixes = ["http.", "url.", "client.", "user_agent.", "network.", "server.", "net.", "enduser."];

    /// <summary>A client may write what it likes into <c>tracestate</c>, which every span would take from its parent.</summary>
    public override void OnStart(Activity data) => data.TraceStateString = "";

    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        foreach (var (name, value) in data.TagObjects.ToArray())
        {
            if (name == "url.full" && value is string url && Uri.TryCreate(url, UriKind.Absolute, out var parsed))
                data.SetTag(name, parsed.GetLeftPart(UriPartial.Authority));
            else if (!Allowed.Contains(name) && Array.Exists(HttpPrefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
                data.SetTag(name, null);
        }
    }
}

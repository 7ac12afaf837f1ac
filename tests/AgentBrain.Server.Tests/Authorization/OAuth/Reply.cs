using System.Text.Json;
using AgentBrain.Server.Tests.Hosting;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>An answer, and its shape in one line: status, reason code, and the error in each scheme's challenge.</summary>
internal sealed record Reply(int Status, string[] Challenges, ILookup<string, string> Headers, string Body)
{
    /// <summary>The reason code in the body; <c>null</c> for an answer that is not the pipeline's.</summary>
    public string? Reason
    {
        get
        {
            try
            {
                using var document = JsonDocument.Parse(Body);
                return document.RootElement.TryGetProperty("error", out var error) && error.TryGetProperty("data", out var data) && data.TryGetProperty("reason", out var reason) ? reason.GetString() : null;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    public string Shape => $"{Status} {Reason ?? "-"}" + string.Concat(Challenges.Select(challenge => $" {challenge[..challenge.IndexOf(' ')]}:{Parameter(challenge, "error")}"));

    public string Header(string name) => string.Join("|", Headers[name.ToLowerInvariant()]);

    /// <summary>The scopes that the challenges ask for; they must agree.</summary>
    public string Scope => string.Join("|", Challenges.Select(challenge => Parameter(challenge, "scope")).Distinct(StringComparer.Ordinal));

    public static Reply Of(HttpResponseMessage response, string body)
    {
        var headers = response.Headers.Concat(response.Content.Headers).SelectMany(header => header.Value.Select(value => (header.Key, value))).ToLookup(header => header.Key.ToLowerInvariant(), header => header.value);
        return new Reply((int)response.StatusCode, response.Headers.TryGetValues("WWW-Authenticate", out var challenges) ? [.. challenges] : [], headers, body);
    }

    public static Reply Of(RawResponse response)
    {
        var headers = response.Head.Split("\r\n").Skip(1).Select(line => line.Split(": ", 2)).ToLookup(line => line[0].ToLowerInvariant(), line => line[^1]);
        return new Reply(response.Status, [.. headers["www-authenticate"]], headers, response.Body);
    }

    /// <summary>A parameter of a challenge; empty when it is not there.</summary>
    private static string Parameter(string challenge, string name)
    {
        var start = challenge.IndexOf($" {name}=\"", StringComparison.Ordinal) + name.Length + 3;
        return start < name.Length + 3 ? "" : challenge[start..challenge.IndexOf('"', start)];
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace AgentBrain.Server.Authorization;

/// <summary>
/// Answers, counts and logs every refusal of the pipeline in one way. Some refusals come before any limit of rate, so the log has
/// one of its own: at most ten lines in any second for each reason, and the next line says how many were left out.
/// </summary>
internal sealed partial class Refuser(AuthorizationTelemetry telemetry, TimeProvider time, ILogger<Refuser> logger, IRefusalPages? pages = null)
{
    // A full bucket and what flows into it within a second are ten lines together.
    private const int LinesAtOnce = 5;
    private static readonly TimeSpan LineInterval = TimeSpan.FromMilliseconds(200);

    private readonly TokenBuckets _lines = new(time, LinesAtOnce, LineInterval, capacity: 256);
    private readonly ConcurrentDictionary<string, long> _leftOut = new(StringComparer.Ordinal);

    /// <summary>Writes the refusal as a JSON-RPC error with its HTTP status, or as a page for a browser, and ends the request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="refusal">What to answer.</param>
    /// <param name="detail">More for the log, which may be the caller's text; it is capped and escaped.</param>
    public async Task RefuseAsync(HttpContext context, Refusal refusal, string? detail = null)
    {
        Note(context, refusal.Reason, refusal.Status, detail);
        var response = context.Response;
        response.StatusCode = refusal.Status;
        if (refusal.RetryAfter is { } retryAfter)
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

        if (pages?.AreFor(context) == true)
        {
            await pages.WriteAsync(context, refusal);
            return;
        }

        response.ContentType = "application/json; charset=utf-8";
        var body = Body(refusal, refusal.Id ?? context.Features.Get<RequestMessage>()?.Id);
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>Counts and logs a refusal that is answered elsewhere, such as by a page.</summary>
    /// <param name="context">The request.</param>
    /// <param name="reason">A code of <see cref="Reasons"/>.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="detail">More for the log, which may be the caller's text; it is capped and escaped.</param>
    public void Note(HttpContext context, string reason, int status, string? detail = null)
    {
        telemetry.Refused(reason);
        if (!_lines.TryTake(reason, out _))
        {
            _leftOut.AddOrUpdate(reason, 1, static (_, count) => count + 1);
            return;
        }

        var address = AddressPrefix.Of(context.Connection.RemoteIpAddress);
        if (_leftOut.TryRemove(reason, out var leftOut))
            LogRefusalAfterOthers(reason, status, address, LogText.Safe(detail, 512), leftOut);
        else
            LogRefusal(reason, status, address, LogText.Safe(detail, 512));
    }

    /// <summary>The JSON-RPC error of a refusal.</summary>
    public static byte[] Body(Refusal refusal, JsonElement? id)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("error");
            writer.WriteNumber("code", refusal.Code);
            writer.WriteString("message", refusal.Message);
            if (refusal.TellReason)
            {
                writer.WriteStartObject("data");
                writer.WriteString("reason", refusal.Reason);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WritePropertyName("id");
            if (id is { } element)
                element.WriteTo(writer);
            else
                writer.WriteNullValue();
            writer.WriteString("jsonrpc", "2.0");
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused with {Status}: {Reason} (from {Address}) {Detail}")]
    private partial void LogRefusal(string reason, int status, string address, string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused with {Status}: {Reason} (from {Address}) {Detail} ({LeftOut} more of this reason were not logged)")]
    private partial void LogRefusalAfterOthers(string reason, int status, string address, string detail, long leftOut);
}

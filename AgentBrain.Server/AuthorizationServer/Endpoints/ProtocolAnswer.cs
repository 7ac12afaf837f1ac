using System.Text.Json;

namespace AgentBrain.Server.AuthorizationServer.Endpoints;

/// <summary>The protocol's errors (RFC 6749 §5.2), where OpenIddict is not asked.</summary>
internal static class ProtocolAnswer
{
    /// <summary>Writes an error and ends the request.</summary>
    public static Task WriteAsync(HttpContext context, int status, string error, string description)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>(StringComparer.Ordinal) { ["error"] = error, ["error_description"] = description });
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json;charset=UTF-8";
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}

using System.Text.Json;
using AgentBrain.OAuth.Tokens;
using AgentBrain.Server.Configuration;
using Microsoft.Net.Http.Headers;

namespace AgentBrain.Server.AuthorizationServer.Clients.Registration;

/// <summary>Reads the body of a registration: a JSON object, small and in time.</summary>
internal sealed class RegistrationBody(RequestLimits limits, TimeProvider time)
{
    /// <summary>Most bytes.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>The object, or why there is none.</summary>
    public async Task<(JsonElement Json, RegistrationFault? Fault)> ReadAsync(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            return (default, RegistrationFault.OfBody(StatusCodes.Status415UnsupportedMediaType, Reasons.ContentTypeNotJson, "The body must be application/json."));

        if (request.ContentLength > MaxBytes)
            return (default, TooLarge());

        using var timeout = new CancellationTokenSource(limits.BodyTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, request.HttpContext.RequestAborted);
        try
        {
            var buffer = new byte[MaxBytes + 1];
            var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, either.Token);
            if (length > MaxBytes)
                return (default, TooLarge());

            return StrictJson.TryReadObject(buffer.AsSpan(0, length), out var json)
                ? (json, null)
                : (default, RegistrationFault.OfBody(StatusCodes.Status400BadRequest, Reasons.NotJson, "The body is not one JSON object in UTF-8, or names a member twice."));
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return (default, RegistrationFault.OfBody(StatusCodes.Status408RequestTimeout, Reasons.BodyTimeout, "The body took too long to arrive."));
        }
        catch (BadHttpRequestException)
        {
            return (default, RegistrationFault.OfBody(StatusCodes.Status400BadRequest, Reasons.BodyInterrupted, "The body did not arrive whole."));
        }
    }

    private static RegistrationFault TooLarge() =>
        RegistrationFault.OfBody(StatusCodes.Status413PayloadTooLarge, Reasons.BodyTooLarge, $"The body must not be larger than {MaxBytes} bytes.");
}

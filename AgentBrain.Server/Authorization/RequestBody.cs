using System.Text.Json;
using System.Text.Unicode;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Authorization;

/// <summary>
/// Step 5: reads the body once, within limits of size and time, as strict JSON that no two parsers can read differently, and gives
/// the same bytes to the SDK.
/// </summary>
internal sealed class RequestBody(RequestDelegate next, RequestLimits limits, Refuser refuser, TimeProvider time)
{
    private const int InitialBuffer = 16 * 1024;

    private static readonly JsonDocumentOptions Strict = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = false,
        CommentHandling = JsonCommentHandling.Disallow,
        MaxDepth = 64,
    };

    /// <summary>Runs the step.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (RequestedResource.Of(context) is null || !HttpMethods.IsPost(context.Request.Method))
        {
            await next(context);
            return;
        }

        var (bytes, refusal) = await ReadAsync(context);
        refusal ??= Judge(context, bytes);
        if (refusal is not null)
        {
            await refuser.RefuseAsync(context, refusal);
            return;
        }

        context.Request.Body = new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false);
        context.Request.ContentLength = bytes.Count;
        context.Request.Headers.Remove("Transfer-Encoding");

        // What the guard found to mean this; the SDK's reader stumbles over a quoted charset.
        context.Request.ContentType = "application/json";
        await next(context);
    }

    private async Task<(ArraySegment<byte> Bytes, Refusal? Refusal)> ReadAsync(HttpContext context)
    {
        using var timeout = new CancellationTokenSource(limits.BodyTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.RequestAborted);
        try
        {
            var buffer = new byte[(int)Math.Min(context.Request.ContentLength ?? InitialBuffer, limits.MaxBodyBytes) + 1];
            var length = 0;
            while (await context.Request.Body.ReadAsync(buffer.AsMemory(length), either.Token) is var read and > 0)
            {
                length += read;
                if (length > limits.MaxBodyBytes)
                    return (default, TransportGuard.BodyTooLarge(limits));

                if (length == buffer.Length)
                    Array.Resize(ref buffer, Math.Min(buffer.Length * 2, limits.MaxBodyBytes + 1));
            }

            return (new ArraySegment<byte>(buffer, 0, length), null);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return (default, TooSlow());
        }
        catch (BadHttpRequestException exception)
        {
            // Kestrel's own ceilings: a body below the least rate, too large, or cut off.
            return (default, exception.StatusCode switch
            {
                StatusCodes.Status408RequestTimeout => TooSlow(),
                StatusCodes.Status413PayloadTooLarge => TransportGuard.BodyTooLarge(limits),
                _ => new Refusal(StatusCodes.Status400BadRequest, Reasons.BodyInterrupted, "The body did not arrive whole.", JsonRpcCodes.ParseError),
            });
        }
    }

    private Refusal? Judge(HttpContext context, ArraySegment<byte> bytes)
    {
        // JSON text is UTF-8 without a byte order mark (RFC 8259 §8.1); the parser would let broken UTF-8 through inside of strings.
        if (!Utf8.IsValid(bytes) || bytes.AsSpan().StartsWith("\uFEFF"u8))
            return NotJson();

        try
        {
            if (!JsonText.IsUnicode(bytes, Strict.MaxDepth))
                return new Refusal(StatusCodes.Status400BadRequest, Reasons.NotJson, "A text in the body holds half of a surrogate pair (an escape from \\ud800 to \\udfff on its own), which is no character; send both halves.", JsonRpcCodes.ParseError);

            using var document = JsonDocument.Parse(bytes.AsMemory(), Strict);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Array)
                return new Refusal(StatusCodes.Status400BadRequest, Reasons.Batch, "The body must be one message; batches are not served.", JsonRpcCodes.InvalidRequest);

            JsonElement? id = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("id", out var value) && value.ValueKind is (JsonValueKind.String or JsonValueKind.Number)
                ? value.Clone()
                : null;
            try
            {
                var operation = MessageReader.Read(root);
                context.Features.Set(new RequestMessage(operation, id));
                return operation.Method == "initialize" && bytes.Count > limits.MaxInitializeBytes
                    ? new Refusal(StatusCodes.Status413PayloadTooLarge, Reasons.BodyTooLarge, $"The body of initialize must not be larger than {limits.MaxInitializeBytes} bytes.")
                    : null;
            }
            catch (OperationException exception) when (exception.Reason == Reasons.BadParams && ProtocolVersion.Lacks(context.Request, root.GetProperty("method").GetString()!))
            {
                return new Refusal(StatusCodes.Status404NotFound, Reasons.UnknownMethod, "There is no such method.", JsonRpcCodes.MethodNotFound) { Id = id };
            }
            catch (OperationException exception)
            {
                return new Refusal(StatusCodes.Status400BadRequest, exception.Reason, exception.Message, exception.Code) { Id = id };
            }
        }
        catch (JsonException)
        {
            return NotJson();
        }
    }

    private static Refusal NotJson() =>
        new(StatusCodes.Status400BadRequest, Reasons.NotJson, "The body is no JSON text in UTF-8, is nested too deeply, or names a member twice.", JsonRpcCodes.ParseError);

    private static Refusal TooSlow() => new(StatusCodes.Status408RequestTimeout, Reasons.BodyTimeout, "The body took too long to arrive.");
}

using System.Text;
using System.Text.Json;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Brains.Extraction;

/// <summary>The child's side: answers one request after another until the input ends.</summary>
/// <param name="limits">Most text and pages.</param>
internal sealed class ExtractionWorker(ExtractionLimits limits)
{
    private readonly DocumentParsers _parsers = new(limits);

    /// <summary>
    /// Serves requests. Returns when the input ends, also while a document is being parsed: then the parent is gone or no longer
    /// interested. Returns as well after memory ran out, since the process is no longer to be trusted.
    /// </summary>
    public async Task RunAsync(Stream input, Stream output, CancellationToken cancellationToken)
    {
        var next = ReadAsync(input, cancellationToken);
        while (await next is { } request)
        {
            next = ReadAsync(input, cancellationToken);
            var answer = AnswerAsync(request);
            var end = EndOfInputAsync(next);
            if (await Task.WhenAny(answer, end) == end)
            {
                await end;
                return;
            }

            var (frame, exhausted) = await answer;
            await frame.WriteAsync(output, cancellationToken);
            if (exhausted)
                return;
        }
    }

    private static Task<ExtractionFrame?> ReadAsync(Stream input, CancellationToken cancellationToken) =>
        ExtractionFrame.ReadAsync(input, int.MaxValue - 1024, cancellationToken);

    // Completes only when there is no further request; a request that came early waits for its turn.
    private static async Task EndOfInputAsync(Task<ExtractionFrame?> next)
    {
        if (await next is not null)
            await Task.Delay(Timeout.Infinite);
    }

    private async Task<(ExtractionFrame Answer, bool Exhausted)> AnswerAsync(ExtractionFrame request)
    {
        try
        {
            var kind = (ExtractionRequest)request.Kind;
            var json = kind == ExtractionRequest.SelfCheck
                ? JsonSerializer.SerializeToUtf8Bytes(SelfCheck.Run(), ExtractionJson.Compact.ConfinementCheck)
                : JsonSerializer.SerializeToUtf8Bytes(await _parsers.ParseAsync(kind, request.Content), ExtractionJson.Compact.ExtractedDocument);
            return (new ExtractionFrame((byte)ExtractionStatus.Ok, json), false);
        }
        catch (ExtractionException e)
        {
            var status = e.Reason == SkipReason.ExtractionTooBig ? ExtractionStatus.TooBig : ExtractionStatus.Failed;
            return (new ExtractionFrame((byte)status, Encoding.UTF8.GetBytes(e.Message)), false);
        }
        catch (OutOfMemoryException)
        {
            return (new ExtractionFrame((byte)ExtractionStatus.TooBig, "The document takes more memory than allowed."u8.ToArray()), true);
        }
    }
}

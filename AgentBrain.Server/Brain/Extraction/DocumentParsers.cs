using System.Runtime.ExceptionServices;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Brains.Extraction;

/// <summary>Parses documents in this process. Only the child may use it on a caller's document.</summary>
/// <param name="limits">Most text and pages.</param>
internal sealed class DocumentParsers(ExtractionLimits limits)
{
    // Parsers recurse; what nests deeper than this stack ends the process and so fails the file.
    private const int StackBytes = 16 * 1024 * 1024;

    /// <summary>Parses on a thread of its own with a large stack.</summary>
    /// <exception cref="ExtractionException">The document is damaged, encrypted or too big.</exception>
    public Task<ExtractedDocument> ParseAsync(ExtractionRequest format, ReadOnlyMemory<byte> content)
    {
        var result = new TaskCompletionSource<ExtractedDocument>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Run(format, content, result), StackBytes) { IsBackground = true, Name = "extraction" };
        thread.Start();
        return result.Task;
    }

    private void Run(ExtractionRequest format, ReadOnlyMemory<byte> content, TaskCompletionSource<ExtractedDocument> result)
    {
        var thread = Environment.CurrentManagedThreadId;
        var exhausted = false;
        AppDomain.CurrentDomain.FirstChanceException += Watch;
        try
        {
            var document = Parse(format, content);
            if (exhausted)
                result.SetException(OutOfMemory());
            else
                result.SetResult(document);
        }
        catch (ExtractionException e)
        {
            result.SetException(e);
        }
        catch (Exception) when (exhausted)
        {
            result.SetException(OutOfMemory());
        }
        catch (Exception e)
        {
            // Whatever a parser throws on a damaged document fails that document. The message may quote it; the type does not.
            result.SetException(new ExtractionException(SkipReason.ExtractionFailed, $"The document is damaged ({e.GetType().Name})."));
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Watch;
        }

        // A lenient parser swallows that memory ran out and goes on with half the document, which would count as parsed.
        void Watch(object? sender, FirstChanceExceptionEventArgs e) =>
            exhausted |= e.Exception is OutOfMemoryException && Environment.CurrentManagedThreadId == thread;
    }

    private static ExtractionException OutOfMemory() => new(SkipReason.ExtractionTooBig, "The document takes more memory than allowed.");

    private ExtractedDocument Parse(ExtractionRequest format, ReadOnlyMemory<byte> content) => format switch
    {
        ExtractionRequest.Html => new HtmlParser(limits).Parse(content),
        ExtractionRequest.Pdf => new PdfParser(limits).Parse(content),
        _ => throw new ExtractionException(SkipReason.ExtractionFailed, $"Format {(byte)format} is not known."),
    };
}

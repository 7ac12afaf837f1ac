using System.ComponentModel;
using System.Text;
using System.Text.Json;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Brains.Extraction;

/// <summary>
/// Parses documents in a child process that is started when first needed, kept, and replaced after a failure and after a number
/// of documents. One document is parsed at a time; callers wait for their turn, which does not count towards the time limit.
/// </summary>
internal sealed partial class ExtractionProcess : IDocumentExtractor, IAsyncDisposable
{
    private readonly ExtractionProgram _program;
    private readonly ExtractionLimits _limits;
    private readonly TimeProvider _time;
    private readonly ILogger<ExtractionProcess> _logger;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ExtractionChild? _child;
    private bool _warned;
    private bool _disposed;

    /// <summary>Creates it; no process is started yet.</summary>
    public ExtractionProcess(ExtractionProgram program, ExtractionLimits limits, TimeProvider time, ILogger<ExtractionProcess> logger)
    {
        _program = program;
        _limits = limits;
        _time = time;
        _logger = logger;
    }

    /// <summary>The process id of the child, or null when none is running.</summary>
    internal int? ChildProcessId => _child?.ProcessId;

    /// <inheritdoc/>
    public async Task<ExtractedDocument> ExtractAsync(DocumentFormat format, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var request = format switch
        {
            DocumentFormat.Html => ExtractionRequest.Html,
            DocumentFormat.Pdf => ExtractionRequest.Pdf,
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Only HTML and PDF are parsed out of process."),
        };
        var answer = await AskAsync(new ExtractionFrame((byte)request, content), cancellationToken);
        return Checked(Read(answer));
    }

    /// <summary>Has the child try what it must not be able to do.</summary>
    internal async Task<ConfinementCheck> CheckConfinementAsync(CancellationToken cancellationToken)
    {
        var answer = await AskAsync(new ExtractionFrame((byte)ExtractionRequest.SelfCheck, default), cancellationToken);
        return JsonSerializer.Deserialize(answer.Content.Span, ExtractionJson.Compact.ConfinementCheck)!;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        _disposed = true;
        Discard();
        _turn.Release();
    }

    private async Task<ExtractionFrame> AskAsync(ExtractionFrame request, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var child = _child ??= await StartAsync(cancellationToken);
            var served = false;
            try
            {
                var answer = await child.AskAsync(request, cancellationToken);
                served = answer.Kind != (byte)ExtractionStatus.TooBig && child.Answered < _limits.DocumentsPerProcess;
                return answer;
            }
            finally
            {
                if (!served)
                    Discard();
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<ExtractionChild> StartAsync(CancellationToken cancellationToken)
    {
        ExtractionChild child;
        try
        {
            child = await ExtractionChild.StartAsync(_program, _limits, _time, cancellationToken);
        }
        catch (Exception error) when (error is ExtractionException or Win32Exception)
        {
            // Not the document's fault: a broken installation must not empty the index of documents.
            LogNotStarted(_logger, error);
            throw new ExtractionException(SkipReason.ExtractionUnavailable, "The extraction process did not start.");
        }

        if (child.Unconfined.Length > 0 && !_warned)
        {
            _warned = true;
            LogUnconfined(_logger, child.Unconfined);
        }

        return child;
    }

    private void Discard()
    {
        _child?.Dispose();
        _child = null;
    }

    private static ExtractedDocument Read(ExtractionFrame answer)
    {
        switch ((ExtractionStatus)answer.Kind)
        {
            case ExtractionStatus.Ok:
                try
                {
                    return JsonSerializer.Deserialize(answer.Content.Span, ExtractionJson.Compact.ExtractedDocument)
                        ?? throw new ExtractionException(SkipReason.ExtractionFailed, "The extraction process answered nothing.");
                }
                catch (JsonException)
                {
                    throw new ExtractionException(SkipReason.ExtractionFailed, "The extraction process answered something else than a document.");
                }

            case ExtractionStatus.TooBig:
                throw new ExtractionException(SkipReason.ExtractionTooBig, Message(answer));
            default:
                throw new ExtractionException(SkipReason.ExtractionFailed, Message(answer));
        }
    }

    // The child may have been taken over by the document, so that it is not believed to have kept its limits.
    private ExtractedDocument Checked(ExtractedDocument document)
    {
        if (document.Pages.IsDefault)
            throw new ExtractionException(SkipReason.ExtractionFailed, "The extraction process answered a document without pages.");
        if (document.Pages.Length > _limits.MaxPages || document.Pages.Sum(page => (long)(page?.Text?.Length ?? 0)) > _limits.MaxTextLength)
            throw new ExtractionException(SkipReason.ExtractionTooBig, "The document gives more text or pages than allowed.");
        var last = 0;
        foreach (var page in document.Pages)
        {
            if (page?.Text is null || page.Number <= last)
                throw new ExtractionException(SkipReason.ExtractionFailed, "The extraction process answered pages out of order.");
            last = page.Number;
        }

        return document with { Title = document.Title is { Length: > 500 } title ? title[..500] : document.Title };
    }

    private static string Message(ExtractionFrame answer) =>
        Encoding.UTF8.GetString(answer.Content.Span[..Math.Min(answer.Content.Length, 500)]);

    [LoggerMessage(LogLevel.Error, "The process that parses HTML and PDF did not start; such files are left as they are")]
    private static partial void LogNotStarted(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Documents are parsed in a process that is not confined: {Reason}")]
    private static partial void LogUnconfined(ILogger logger, string reason);
}

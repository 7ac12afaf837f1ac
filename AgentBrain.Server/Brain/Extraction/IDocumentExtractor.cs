using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Brains.Extraction;

/// <summary>Parses a hostile document (HTML, PDF) out of process, within limits of time, memory and output.</summary>
internal interface IDocumentExtractor
{
    /// <summary>Parses one document.</summary>
    /// <param name="format"><see cref="DocumentFormat.Html"/> or <see cref="DocumentFormat.Pdf"/>.</param>
    /// <param name="content">The file's bytes.</param>
    /// <param name="cancellationToken">Ends the wait and the parsing.</param>
    /// <exception cref="ExtractionException">The document could not be parsed; it names the reason to count.</exception>
    Task<ExtractedDocument> ExtractAsync(DocumentFormat format, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);
}

/// <summary>A document that could not be parsed. It fails the file, never the job.</summary>
/// <param name="reason">The reason under which the file is counted, such as <see cref="SkipReason.ExtractionFailed"/>.</param>
/// <param name="message">What went wrong, for the log.</param>
internal sealed class ExtractionException(SkipReason reason, string message) : Exception(message)
{
    /// <summary>The reason under which the file is counted.</summary>
    public SkipReason Reason { get; } = reason;
}

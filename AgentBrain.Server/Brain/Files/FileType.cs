namespace AgentBrain.Server.Brains.Files;

/// <summary>What a file name says of a file.</summary>
/// <param name="Format">How its text is obtained and split.</param>
/// <param name="Language">The language id for code (<c>csharp</c>, <c>python</c>, …), the format's for documents (<c>markdown</c>, <c>text</c>, …).</param>
internal sealed record FileType(DocumentFormat Format, string Language)
{
    /// <summary>True for source code, which <c>include_code</c> governs.</summary>
    public bool IsCode => Format == DocumentFormat.Code;
}

/// <summary>How the text of a file is obtained.</summary>
internal enum DocumentFormat
{
    /// <summary>The bytes are the text.</summary>
    PlainText,

    /// <summary>Markdown: the bytes are the text, split by heading.</summary>
    Markdown,

    /// <summary>HTML: parsed in the extraction process.</summary>
    Html,

    /// <summary>PDF: parsed in the extraction process.</summary>
    Pdf,

    /// <summary>Source code.</summary>
    Code,
}

using AgentBrain.Server.Brains.Files;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentBrain.Server.Brains.Chunking;

/// <summary>
/// Splits C# by member, from syntax alone: nothing is compiled. Comments and attributes stay with the member they precede; small
/// neighbouring fields and properties, and a type's header with the usings above it, share a chunk. Broken code is split as far
/// as the parser understands it.
/// </summary>
/// <param name="fallback">Splits what the parser cannot take: deep nesting, very long files.</param>
internal sealed class CSharpChunker(StructureChunker fallback) : IChunker
{
    // Far more than a file within the guard's length takes, unless it was made to take long.
    private static readonly TimeSpan LongestParse = TimeSpan.FromSeconds(2);

    // Doc comments are trivia like others here; parsing their XML would only cost time.
    private static readonly CSharpParseOptions Options = new(LanguageVersion.Preview, DocumentationMode.None);

    /// <inheritdoc/>
    public IReadOnlyList<ChunkDraft> Chunk(string text, FileType type, ChunkSettings settings)
    {
        if (Parse(text) is not { } root)
            return fallback.Chunk(text, type, settings);

        var writer = new ChunkWriter(text, new LineMap(text), settings);
        var sections = new CSharpSections(text, writer.TargetLength);
        sections.AddFile(root);
        foreach (var section in sections.Sections)
            writer.Write(section, CutStyle.Code);
        return writer.Chunks;
    }

    private static CompilationUnitSyntax? Parse(string text)
    {
        if (!CSharpGuard.Allows(text))
            return null;

        using var timeout = new CancellationTokenSource(LongestParse);
        try
        {
            return (CompilationUnitSyntax)CSharpSyntaxTree.ParseText(text, Options, cancellationToken: timeout.Token).GetRoot(timeout.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return null;
        }
    }
}

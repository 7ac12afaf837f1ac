using System.Text.RegularExpressions;

namespace AgentBrain.Server.Brains.Chunking;

/// <summary>One pass over the lines of a code file that finds its definitions. Indentation says which definition is inside which.</summary>
/// <param name="text">The file.</param>
/// <param name="lines">Its lines.</param>
/// <param name="structure">How its language looks.</param>
/// <param name="targetLength">The length in characters up to which small neighbours are grouped.</param>
internal sealed class StructureScan(string text, LineMap lines, LanguageStructure structure, int targetLength)
{
    // Definitions stand at the start of lines that people wrote; longer ones are data or minified.
    private const int LongestLine = 300;
    private const int DeepestIndentation = 40;

    private readonly Stack<OpenBlock> _open = new();
    private readonly StructureSections _sections = new(text, targetLength);
    private int _attached = -1;
    private bool _inComment;

    /// <summary>The sections in order; together they are the file.</summary>
    public IReadOnlyList<ChunkSection> Run()
    {
        for (var index = 0; index < lines.Count; index++)
            Read(lines.Start(index), lines.End(index));
        return _sections.Finish();
    }

    private void Read(int start, int end)
    {
        var line = text.AsSpan(start, end - start).TrimEnd();
        var content = line.TrimStart();
        if (content.IsEmpty)
        {
            _attached = _inComment ? _attached : -1;
            return;
        }

        if (IsComment(content))
        {
            _attached = _attached < 0 ? start : _attached;
            return;
        }

        var from = _attached < 0 ? start : _attached;
        _attached = -1;
        var indentation = Columns(line[..^content.Length]);
        if (Match(content, indentation) is ({ } match, { } pattern))
            Open(match, pattern, indentation, from);
        else if (!structure.LastsUntilNext && !IsContinuation(content) && Close(indentation))
            _sections.Start(from, _open.TryPeek(out var container) ? container.Name : null, container?.Kind);
    }

    private void Open(Match match, DefinitionPattern pattern, int indentation, int from)
    {
        Close(indentation);
        var definition = Definition.From(match, pattern, _open.TryPeek(out var container) ? container : null);
        _sections.Start(from, definition.Name, definition.Kind);
        _open.Push(new OpenBlock(indentation, definition.Name, definition.Kind));
    }

    private bool Close(int indentation)
    {
        var closed = false;
        while (_open.TryPeek(out var block) && block.Indentation >= indentation)
        {
            _open.Pop();
            closed = true;
        }

        return closed;
    }

    private bool IsComment(ReadOnlySpan<char> content)
    {
        if (_inComment)
        {
            _inComment = !content.Contains("*/", StringComparison.Ordinal);
            return true;
        }

        foreach (var start in structure.CommentStarts)
        {
            if (!content.StartsWith(start, StringComparison.Ordinal))
                continue;
            _inComment = start == "/*" && !content.Contains("*/", StringComparison.Ordinal);
            return !IsDefinitionBehindAttribute(content);
        }

        return false;
    }

    // "@Override public void run() {" is the definition, not something above it.
    private static bool IsDefinitionBehindAttribute(ReadOnlySpan<char> content) => content[0] == '@' && content[^1] == '{';

    private (Match? Match, DefinitionPattern? Pattern) Match(ReadOnlySpan<char> content, int indentation)
    {
        if (content.Length > LongestLine || indentation > DeepestIndentation || !(char.IsLetter(content[0]) || content[0] is '_' or '[' or '@' or '~' or '*' or '#'))
            return default;

        foreach (var pattern in structure.Definitions)
        {
            if (pattern.OnlyInType && !IsDirectlyInType(indentation))
                continue;
            if (!pattern.Line.IsMatch(content))
                continue;

            var match = pattern.Line.Match(content.ToString());
            return Definition.IsStatement(match) ? default : (match, pattern);
        }

        return default;
    }

    private bool IsDirectlyInType(int indentation)
    {
        foreach (var block in _open)
        {
            if (block.Indentation < indentation)
                return Definition.IsType(block.Kind);
        }

        return false;
    }

    private bool IsContinuation(ReadOnlySpan<char> content)
    {
        if (content[0] is '}' or ')' or ']' or '{' or '#')
            return true;
        if (structure.Continuations.Count == 0)
            return false;

        var length = 0;
        while (length < content.Length && char.IsLetterOrDigit(content[length]))
            length++;
        return length is > 0 and < 16 && structure.Continuations.Contains(content[..length].ToString());
    }

    private static int Columns(ReadOnlySpan<char> indentation)
    {
        var columns = 0;
        foreach (var c in indentation)
            columns += c == '\t' ? 4 : 1;
        return columns;
    }
}

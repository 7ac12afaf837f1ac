using System.Collections.Frozen;
using System.Text;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Brains.Extraction;

/// <summary>Writes Markdown from the elements and texts of a page as they are entered and left.</summary>
/// <param name="maxLength">Most characters; a page with more is refused.</param>
internal sealed class MarkdownWriter(int maxLength)
{
    private const int DeepestList = 8;

    private static readonly FrozenSet<string> Blocks = new[]
    {
        "p", "div", "section", "article", "main", "header", "footer", "aside", "table", "blockquote", "figure", "figcaption", "dl", "dt",
        "dd", "address", "details", "summary", "fieldset", "form", "body", "hr", "caption", "h1", "h2", "h3", "h4", "h5", "h6",
    }.ToFrozenSet(StringComparer.Ordinal);

    private readonly StringBuilder _text = new();
    private readonly StringBuilder _code = new();
    private readonly Stack<int> _lists = new();
    private int _breaks;
    private int _codeDepth;
    private int _cells;
    private bool _space;

    /// <summary>Starts an element; false when its children are not wanted.</summary>
    public bool Enter(string name, string? alternativeText)
    {
        switch (name)
        {
            case "head":
                return true;
            case "br":
                LineBreak();
                return false;
            case "img":
                Text(alternativeText ?? "");
                return false;
            case "pre":
                Break(2);
                _codeDepth++;
                return true;
            case "ul" or "ol":
                Break(_lists.Count == 0 ? 2 : 1);
                _lists.Push(name == "ul" ? -1 : 0);
                return true;
            case "li":
                Item();
                return true;
            case "tr":
                Break(1);
                return true;
            case "td" or "th":
                Raw(_cells++ == 0 ? "| " : " | ");
                return true;
        }

        if (Blocks.Contains(name) && _cells == 0)
            Break(2);
        if (name is ['h', >= '1' and <= '6'] && _cells == 0)
            Raw(new string('#', name[1] - '0') + " ");
        return true;
    }

    /// <summary>Ends an element that was entered.</summary>
    public void Leave(string name)
    {
        switch (name)
        {
            case "pre":
                _codeDepth--;
                if (_codeDepth == 0)
                    Fence();
                break;
            case "ul" or "ol":
                _lists.TryPop(out _);
                Break(_lists.Count == 0 ? 2 : 1);
                break;
            case "li":
                Break(1);
                break;
            case "tr":
                Raw(_cells > 0 ? " |" : "");
                _cells = 0;
                Break(1);
                break;
            default:
                if (Blocks.Contains(name) && _cells == 0)
                    Break(2);
                break;
        }
    }

    /// <summary>Writes text with its white space collapsed, or as it is within code.</summary>
    public void Text(string text)
    {
        if (_codeDepth > 0)
        {
            Guard(text.Length + _code.Length);
            _code.Append(text);
            return;
        }

        foreach (var word in text.AsSpan().SplitAny([' ', '\t', '\n', '\r', '\f', '\u00A0']))
        {
            var part = text.AsSpan(word);
            if (part.IsEmpty)
            {
                _space = true;
                continue;
            }

            Word(part);
            _space = true;
        }

        _space = text.Length == 0 ? _space : char.IsWhiteSpace(text[^1]);
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString().Trim();

    private void Word(ReadOnlySpan<char> word)
    {
        var atStart = _text.Length == 0 || _breaks > 0;
        Raw(_space && !atStart && _text[^1] is not (' ' or '\n') ? " " : "");
        // A paragraph that starts like a heading or a fence is still a paragraph.
        if (atStart && (word[0] == '#' || word.StartsWith("```") || word.StartsWith("~~~")))
            _text.Append('\\');
        _text.Append(word);
        Guard(_text.Length);
    }

    private void Item()
    {
        Break(1);
        var depth = Math.Clamp(_lists.Count - 1, 0, DeepestList);
        var number = _lists.TryPop(out var last) ? last : -1;
        if (number >= 0)
            number++;
        _lists.Push(number);
        Raw(new string(' ', depth * 2) + (number > 0 ? $"{number}. " : "- "));
    }

    private void LineBreak()
    {
        if (_codeDepth > 0)
            _code.Append('\n');
        else if (_cells > 0)
            _space = true;
        else
            Break(1);
    }

    // The fence is longer than any run of back ticks in the code, so that the code cannot end it.
    private void Fence()
    {
        var code = _code.ToString().ReplaceLineEndings("\n").Trim('\n');
        _code.Clear();
        var longest = 2;
        for (int i = 0, run = 0; i < code.Length; i++)
            longest = Math.Max(longest, run = code[i] == '`' ? run + 1 : 0);

        var fence = new string('`', longest + 1);
        Break(2);
        Raw($"{fence}\n{code}\n{fence}");
        Break(2);
    }

    private void Break(int lines)
    {
        _breaks = Math.Max(_breaks, lines);
        _space = false;
    }

    private void Raw(string text)
    {
        if (text.Length == 0 && _breaks == 0)
            return;
        if (_text.Length > 0 && _breaks > 0)
            _text.Append('\n', _breaks);
        _breaks = 0;
        _text.Append(text);
        Guard(_text.Length);
    }

    private void Guard(long length)
    {
        if (length > maxLength)
            throw new ExtractionException(SkipReason.ExtractionTooBig, $"The page has more than {maxLength} characters of text.");
    }
}

namespace AgentBrain.Server.Brains.Chunking;

/// <summary>Line numbers of offsets. A line ends with <c>\n</c>, so that <c>\r\n</c> counts once; a lone <c>\r</c> ends none.</summary>
internal sealed class LineMap
{
    private readonly string _text;
    private readonly List<int> _starts = [0];

    /// <summary>Reads the lines of <paramref name="text"/> once.</summary>
    public LineMap(string text)
    {
        _text = text;
        var offset = 0;
        while (true)
        {
            var found = text.AsSpan(offset).IndexOf('\n');
            if (found < 0)
                return;

            offset += found + 1;
            _starts.Add(offset);
        }
    }

    /// <summary>How many lines there are; a text that ends with a line break has an empty last one.</summary>
    public int Count => _starts.Count;

    /// <summary>The line of an offset, from 1.</summary>
    public int LineOf(int offset)
    {
        var index = _starts.BinarySearch(offset);
        return index >= 0 ? index + 1 : ~index;
    }

    /// <summary>The offset at which the line of <paramref name="offset"/> starts.</summary>
    public int StartOfLineAt(int offset) => _starts[LineOf(offset) - 1];

    /// <summary>The offset at which a line starts.</summary>
    /// <param name="index">From 0.</param>
    public int Start(int index) => _starts[index];

    /// <summary>The offset behind a line, its line break included.</summary>
    /// <param name="index">From 0.</param>
    public int End(int index) => index + 1 < _starts.Count ? _starts[index + 1] : _text.Length;
}

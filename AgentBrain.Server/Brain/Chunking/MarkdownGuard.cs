namespace AgentBrain.Server.Brains.Chunking;

/// <summary>
/// Refuses Markdown that would take the parser quadratic time: quotes and lists nested beyond reading, and link definitions by
/// the ten thousand.
/// </summary>
internal static class MarkdownGuard
{
    private const int MostMarkers = 24;
    private const int DeepestListItem = 120;
    private const int MostDefinitions = 4000;

    /// <summary>True when the parser may see <paramref name="text"/>.</summary>
    public static bool Allows(ReadOnlySpan<char> text)
    {
        var definitions = 0;
        foreach (var line in text.EnumerateLines())
        {
            var content = line.TrimStart();
            if (content.IsEmpty)
                continue;
            if (content[0] == '[' && ++definitions > MostDefinitions)
                return false;
            if (content[0] is not ('>' or '-' or '*' or '+') && !char.IsAsciiDigit(content[0]))
                continue;
            if (line.Length - content.Length > DeepestListItem || Markers(content) > MostMarkers)
                return false;
        }

        return true;
    }

    // Markers before a line's text; a rule of dashes is one.
    private static int Markers(ReadOnlySpan<char> content)
    {
        var markers = 0;
        for (var i = 0; i < content.Length && markers <= MostMarkers; i++)
        {
            var c = content[i];
            if (c == '>')
                markers++;
            else if (c is '-' or '*' or '+' or '.' or ')')
                markers += i + 1 < content.Length && (content[i + 1] is ' ' or '\t') ? 1 : 0;
            else if (c is not (' ' or '\t') && !char.IsAsciiDigit(c))
                break;
        }

        return markers;
    }
}

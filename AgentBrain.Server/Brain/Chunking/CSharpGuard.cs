namespace AgentBrain.Server.Brains.Chunking;

/// <summary>
/// Refuses C# that would hurt the parser: parts of it recurse once a bracket without a guard, so that deep nesting ends the
/// process, and its recovery from garbage takes quadratic time.
/// </summary>
internal static class CSharpGuard
{
    private const int LongestText = 1_000_000;
    private const int DeepestNesting = 200;

    // A statement with more is a table of comparisons at best; the parser tries each as the start of type arguments.
    private const int MostAngles = 200;

    /// <summary>True when the parser may see <paramref name="text"/>. Brackets within strings and comments count, which only errs towards false.</summary>
    public static bool Allows(ReadOnlySpan<char> text)
    {
        if (text.Length > LongestText)
            return false;

        var depth = 0;
        var angles = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            switch (c)
            {
                case '(' or '[' or '{':
                    depth++;
                    break;
                case ')' or ']' or '}':
                    depth = Math.Max(depth - 1, 0);
                    break;
                case '<' when !IsDocComment(text, i):
                    angles++;
                    break;
            }

            if (c is ';' or '{' or '}')
                angles = 0;
            if (depth > DeepestNesting || angles > MostAngles)
                return false;
        }

        return true;
    }

    // "/// <summary>": whole blocks of them stand between two semicolons.
    private static bool IsDocComment(ReadOnlySpan<char> text, int angle)
    {
        var line = text[..angle];
        line = line[Math.Max(0, line.Length - 300)..];
        line = line[(line.LastIndexOf('\n') + 1)..];
        return line.Length < 300 && line.TrimStart().StartsWith("//", StringComparison.Ordinal);
    }
}

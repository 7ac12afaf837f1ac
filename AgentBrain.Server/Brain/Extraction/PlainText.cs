using System.Text;

namespace AgentBrain.Server.Brains.Extraction;

/// <summary>Makes text of a hostile document harmless to store and to send on.</summary>
internal static class PlainText
{
    /// <summary>
    /// Replaces <c>\r\n</c> by <c>\n</c> and control characters and lone surrogates by spaces, which also bounds the length of
    /// the text as UTF-8 and JSON.
    /// </summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                clean.Append(c).Append(text[++i]);
            else if (c == '\r')
                clean.Append(i + 1 < text.Length && text[i + 1] == '\n' ? "" : "\n");
            else
                clean.Append(char.IsSurrogate(c) || (char.IsControl(c) && c is not ('\n' or '\t')) ? ' ' : c);
        }

        return clean.ToString();
    }
}

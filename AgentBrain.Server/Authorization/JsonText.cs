using System.Text.Json;

namespace AgentBrain.Server.Authorization;

/// <summary>What JSON can spell and no Unicode text can hold.</summary>
internal static class JsonText
{
    /// <summary>
    /// False if a name or text holds half of a surrogate pair, written as an escape. Parsers differ on it (an error, a replacement, kept),
    /// and ours finds it only when somebody reads the text, deep inside of a call.
    /// </summary>
    /// <param name="json">Text that may be JSON.</param>
    /// <param name="maxDepth">The depth it was parsed with.</param>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static bool IsUnicode(ReadOnlySpan<byte> json, int maxDepth)
    {
        if (json.IndexOf("\\u"u8) < 0)
            return true;

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                    _ = reader.GetString();
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            // How the reader says that an escape is half of a pair.
            return false;
        }
    }
}

using System.Text.Json;
using System.Text.Unicode;

namespace AgentBrain.OAuth.Tokens;

/// <summary>
/// JSON about which no two readers disagree: UTF-8, one object, no name twice, no comments, every text Unicode, a bounded depth.
/// What another reader of the same bytes finds in a member is then what was judged here.
/// </summary>
public static class StrictJson
{
    /// <summary>The depth of what issuers say, with room: JWKS, metadata, claims.</summary>
    public const int Depth = 16;

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = Depth };

    /// <summary>Reads an object; false for anything else.</summary>
    /// <param name="utf8">The whole text.</param>
    /// <param name="value">The object. It holds no pooled memory, so it need not be disposed of.</param>
    public static bool TryReadObject(ReadOnlySpan<byte> utf8, out JsonElement value)
    {
        value = default;
        if (!Utf8.IsValid(utf8))
            return false;

        try
        {
            if (!HasOnlyUnicode(utf8))
                return false;

            value = JsonElement.Parse(utf8, Options);
            return value.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>
    /// False when half of a surrogate pair is written as an escape. The parser takes it and fails later, at whoever asks for the text.
    /// </summary>
    private static bool HasOnlyUnicode(ReadOnlySpan<byte> utf8)
    {
        // Without such an escape there is nothing to find, and tokens have none.
        if (utf8.IndexOf("\\u"u8) < 0)
            return true;

        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = Depth });
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.PropertyName or JsonTokenType.String) || !reader.ValueIsEscaped)
                continue;

            try
            {
                _ = reader.GetString();
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }

        return true;
    }
}

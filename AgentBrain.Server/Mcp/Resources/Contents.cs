using ModelContextProtocol.Protocol;

namespace AgentBrain.Server.Mcp.Resources;

/// <summary>Makes the contents of resources. All of them are marked as data that a client must not take for instructions.</summary>
internal static class Contents
{
    /// <summary>The type of everything but files.</summary>
    public const string Json = "application/json";

    /// <summary>A JSON document; without a source, its own URI is named as that.</summary>
    public static TextResourceContents OfJson(ResourceUri uri, string json, string? source = null) => OfText(uri, Json, json, source);

    /// <summary>Text of any type.</summary>
    public static TextResourceContents OfText(ResourceUri uri, string mimeType, string text, string? source) =>
        new() { Uri = uri.Text, MimeType = mimeType, Text = text, Meta = ContentOrigin.Meta(source ?? uri.Text) };

    /// <summary>Bytes that are not text.</summary>
    public static BlobResourceContents OfBytes(ResourceUri uri, string mimeType, ReadOnlyMemory<byte> bytes, string? source)
    {
        var blob = BlobResourceContents.FromBytes(bytes, uri.Text, mimeType);
        blob.Meta = ContentOrigin.Meta(source ?? uri.Text);
        return blob;
    }
}

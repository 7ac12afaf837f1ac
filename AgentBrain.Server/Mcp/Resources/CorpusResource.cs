using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol.Protocol;

namespace AgentBrain.Server.Mcp.Resources;

/// <summary>A resource about the whole brain: <c>corpus://</c> and a name, one JSON document.</summary>
/// <typeparam name="TDocument">The document.</typeparam>
/// <param name="name">The name behind <c>corpus://</c>.</param>
/// <param name="title">For people.</param>
/// <param name="description">For models.</param>
/// <param name="json">How the document is written.</param>
internal abstract class CorpusResource<TDocument>(string name, string title, string description, JsonTypeInfo<TDocument> json) : IStaticResource
{
    /// <inheritdoc />
    public Resource Entry { get; } = new()
    {
        Uri = "corpus://" + name,
        Name = "corpus-" + name,
        Title = title,
        Description = description,
        MimeType = Contents.Json,
    };

    /// <inheritdoc />
    public bool Owns(ResourceUri uri) => uri.Canonical == Entry.Uri;

    /// <inheritdoc />
    public ResourceContents Read(ResourceUri uri, CallContext caller) => Contents.OfJson(uri, JsonSerializer.Serialize(Describe(caller), json));

    /// <summary>The document as this caller may see it.</summary>
    protected abstract TDocument Describe(CallContext caller);
}

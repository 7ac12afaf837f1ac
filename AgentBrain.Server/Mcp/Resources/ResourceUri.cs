namespace AgentBrain.Server.Mcp.Resources;

/// <summary>A resource URI as a client wrote it, taken apart as far as all schemes have in common. Nothing is decoded here.</summary>
/// <param name="Text">What the client wrote; answers and notifications repeat it.</param>
/// <param name="Scheme">The scheme in lower case.</param>
/// <param name="Rest">What follows <c>://</c>, without one trailing slash: URI libraries add one behind a lone authority.</param>
internal sealed record ResourceUri(string Text, string Scheme, string Rest)
{
    private const int MaxLength = 16 * 1024;

    /// <summary>The form in which two spellings of one URI are equal.</summary>
    public string Canonical => $"{Scheme}://{Rest}";

    /// <summary>Takes a URI apart; null if it has no scheme or is absurdly long.</summary>
    public static ResourceUri? TryParse(string? text)
    {
        if (text is null or { Length: > MaxLength })
        {
            return null;
        }

        var at = text.IndexOf("://", StringComparison.Ordinal);
        if (at <= 0)
        {
            return null;
        }

        var rest = text[(at + 3)..];
        return new ResourceUri(text, text[..at].ToLowerInvariant(), rest.EndsWith('/') ? rest[..^1] : rest);
    }
}

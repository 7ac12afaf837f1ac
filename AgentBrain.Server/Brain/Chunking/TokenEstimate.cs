namespace AgentBrain.Server.Brains.Chunking;

/// <summary>
/// Tokens estimated at four characters (UTF-16 code units) each. No tokenizer: the index serves models with different ones, and
/// the estimate only has to keep chunks within an embedding model's window.
/// </summary>
internal static class TokenEstimate
{
    /// <summary>Characters that count as one token.</summary>
    public const int CharactersPerToken = 4;

    /// <summary>The tokens <paramref name="text"/> is taken to have, rounded up.</summary>
    public static int Of(ReadOnlySpan<char> text) => (text.Length + CharactersPerToken - 1) / CharactersPerToken;

    /// <summary>The characters that <paramref name="tokens"/> tokens are taken to have.</summary>
    public static int ToCharacters(int tokens) => checked(tokens * CharactersPerToken);
}

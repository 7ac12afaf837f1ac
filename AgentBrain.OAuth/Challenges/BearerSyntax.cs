using System.Buffers;

namespace AgentBrain.OAuth.Challenges;

/// <summary>The grammar of a bearer token: <c>b64token</c> of RFC 6750 §2.1.</summary>
public static class BearerSyntax
{
    private static readonly SearchValues<char> Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/");

    /// <summary>True for one or more token characters, followed by any number of <c>=</c>.</summary>
    public static bool IsToken(ReadOnlySpan<char> text)
    {
        var body = text.TrimEnd('=');
        return !body.IsEmpty && body.IndexOfAnyExcept(Characters) < 0;
    }
}

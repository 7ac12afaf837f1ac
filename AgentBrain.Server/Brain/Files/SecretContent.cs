using System.Buffers;
using System.Text.RegularExpressions;

namespace AgentBrain.Server.Brains.Files;

/// <summary>Finds private keys and the credentials that have a well-known form, in time linear in the text.</summary>
internal static class SecretContent
{
    private const int KeyBodyWindow = 512;
    private const int KeyBodyRun = 40;

    // Found by a vectorised search; only a text that has one of these is looked at closer.
    private static readonly SearchValues<string> Hints = SearchValues.Create(
        ["PRIVATE KEY", "AGE-SECRET-KEY-1", "PuTTY-User-Key-File-", "AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "xox", "AIza", "_live_"],
        StringComparison.Ordinal);

    private static readonly SearchValues<char> Base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

    private static readonly Regex KeyHeader = Build("-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY( BLOCK)?-----");

    private static readonly Regex Token = Build(
        @"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
        + @"|\bgh[pousr]_[A-Za-z0-9]{36}"
        + @"|\bgithub_pat_[A-Za-z0-9_]{40}"
        + @"|\bxox[abeoprs]-[A-Za-z0-9]{4,20}-[A-Za-z0-9-]{6}"
        + @"|\bAIza[A-Za-z0-9_\-]{35}"
        + @"|\b[sr]k_live_[A-Za-z0-9]{16}"
        + @"|\bAGE-SECRET-KEY-1[A-Z0-9]{50}"
        + @"|\bPuTTY-User-Key-File-[0-9]:");

    /// <summary>Whether the text holds one.</summary>
    public static bool IsSecret(string text)
    {
        if (text.AsSpan().IndexOfAny(Hints) < 0)
            return false;
        for (var header = KeyHeader.Match(text); header.Success; header = header.NextMatch())
        {
            if (HasKeyBody(text.AsSpan(header.Index + header.Length)))
                return true;
        }

        for (var token = Token.Match(text); token.Success; token = token.NextMatch())
        {
            // The access key of Amazon's documentation.
            if (!token.ValueSpan.EndsWith("EXAMPLE", StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    // Code that parses keys, and documentation, name the header without a key after it; those are not secret.
    private static bool HasKeyBody(ReadOnlySpan<char> afterHeader)
    {
        var rest = afterHeader[..Math.Min(afterHeader.Length, KeyBodyWindow)];
        var run = 0;
        foreach (var c in rest)
        {
            run = Base64.Contains(c) ? run + 1 : 0;
            if (run == KeyBodyRun)
                return true;
        }

        return false;
    }

    private static Regex Build(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}

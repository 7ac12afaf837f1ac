using System.Text;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>
/// What a password must be: long, and not what everybody tries (NIST SP 800-63B-4 §3.1.1.2). No rule asks for certain characters,
/// which only makes people write "Password1!": such a one is refused for what is left of it without its ornaments.
/// </summary>
internal static class PasswordRules
{
    /// <summary>Least characters.</summary>
    public const int MinLength = 12;

    /// <summary>Most UTF-16 units, so that nobody has us hash a book.</summary>
    public const int MaxLength = 512;

    private const int MinDistinct = 5;

    /// <summary>Letters that digits and signs are written for.</summary>
    private const string Disguises = "0o1l!i3e4a@a5s$s7t8b9g";

    private static readonly string[] Keyboard = ["1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./"];

    private static readonly string[] OfThisServer = ["agentbrain", "agentbrainowner", "owneragentbrain", "owner", "brain", "agent"];

    /// <summary>Judges a password.</summary>
    /// <returns>One sentence that says what to do about it; <c>null</c> when it is good.</returns>
    public static string? Judge(string? password)
    {
        if (string.IsNullOrEmpty(password))
            return "Choose a password.";

        if (password.Length > MaxLength)
            return $"The password must not be longer than {MaxLength} characters.";

        if (password.EnumerateRunes().Count() < MinLength)
            return $"The password must have at least {MinLength} characters; a few words that do not belong together make a good one.";

        return IsGuessable(password) ? "Many people use this password or one like it, so it would be tried first; choose another." : null;
    }

    private static bool IsGuessable(string password)
    {
        var text = password.ToLowerInvariant();
        if (text.Distinct().Count() < MinDistinct || IsRun(text) || IsRepetition(text))
            return true;

        // "P@ssw0rd2026!!" is "password" with ornaments; what stands before and after the letters comes and goes as well.
        var candidates = new HashSet<string>(StringComparer.Ordinal) { text, string.Concat(text.Where(char.IsLetterOrDigit)), Letters(text), Bare(text), Letters(Bare(text)), Bare(Letters(text)) };
        foreach (var candidate in candidates.ToList())
        {
            if (Unit(candidate) is { } unit)
                candidates.Add(unit);
        }

        return candidates.Overlaps(OfThisServer) || CommonPasswords.ContainsAny(candidates);
    }

    /// <summary>With letters for the digits and signs that stand for them, and without the rest.</summary>
    private static string Letters(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            var at = Disguises.IndexOf(character, StringComparison.Ordinal);
            var letter = at >= 0 && at % 2 == 0 ? Disguises[at + 1] : character;
            if (char.IsLetter(letter))
                result.Append(letter);
        }

        return result.ToString();
    }

    /// <summary>Without what is no letter at both ends.</summary>
    private static string Bare(string text)
    {
        var first = text.AsSpan().IndexOfAnyLetter();
        return first < 0 ? "" : text[first..(text.AsSpan().LastIndexOfAnyLetter() + 1)];
    }

    /// <summary>Does each character follow the one before it, in the alphabet or on the keyboard, but for a few places ("abcdefghijkl", "1q2w3e4r5t6y")?</summary>
    private static bool IsRun(string text)
    {
        var steps = 0;
        for (var at = 1; at < text.Length; at++)
        {
            if (Math.Abs(text[at] - text[at - 1]) <= 1 || AreNeighbours(text[at], text[at - 1]))
                steps++;
        }

        return steps >= (text.Length - 1) * 3 / 4;
    }

    private static bool AreNeighbours(char one, char other)
    {
        var (first, second) = (KeyOf(one), KeyOf(other));
        return first.Row >= 0 && second.Row >= 0 && Math.Abs(first.Row - second.Row) <= 1 && Math.Abs(first.Column - second.Column) <= 1;
    }

    private static (int Row, int Column) KeyOf(char character)
    {
        var row = Array.FindIndex(Keyboard, keys => keys.Contains(character, StringComparison.Ordinal));
        return (row, row < 0 ? -1 : Keyboard[row].IndexOf(character, StringComparison.Ordinal));
    }

    private static bool IsRepetition(string text) => Unit(text) is { Length: <= 6 };

    /// <summary>What a text repeats, if it is nothing but that, the last time perhaps cut off.</summary>
    private static string? Unit(string text)
    {
        for (var length = 1; length <= text.Length / 2; length++)
        {
            if (text.AsSpan(length).SequenceEqual(text.AsSpan(0, text.Length - length)))
                return text[..length];
        }

        return null;
    }
}

/// <summary>Where the letters of a text are.</summary>
internal static class LetterSearch
{
    /// <summary>The first letter's place, or -1.</summary>
    public static int IndexOfAnyLetter(this ReadOnlySpan<char> text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (char.IsLetter(text[at]))
                return at;
        }

        return -1;
    }

    /// <summary>The last letter's place, or -1.</summary>
    public static int LastIndexOfAnyLetter(this ReadOnlySpan<char> text)
    {
        for (var at = text.Length - 1; at >= 0; at--)
        {
            if (char.IsLetter(text[at]))
                return at;
        }

        return -1;
    }
}

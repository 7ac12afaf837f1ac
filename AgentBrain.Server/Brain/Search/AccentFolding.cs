using System.Collections.Frozen;

namespace AgentBrain.Server.Brains.Search;

/// <summary>
/// Maps an accented lower-case letter to its base letter (<c>é</c> to <c>e</c>), so that a query finds a word however it was typed.
/// A table rather than Unicode normalization: the program runs without the ICU libraries, and the two sides must agree on every machine.
/// </summary>
internal static class AccentFolding
{
    private static readonly FrozenDictionary<char, char> BaseLetters = Build(
        "aàáâãäåāăąǎ", "cçćĉċč", "dďđð", "eèéêëēĕėęě", "gĝğġģǧ", "hĥħ", "iìíîïĩīĭįıǐ", "jĵ", "kķǩ", "lĺļľŀł", "nñńņňŉ", "oòóôõöøōŏőǒ",
        "rŕŗř", "sśŝşšșß", "tţťŧț", "uùúûüũūŭůűųǔ", "wŵ", "yýÿŷ", "zźżž",
        "αά", "εέ", "ηή", "ιίϊΐ", "οό", "υύϋΰ", "ωώ", "еёѐ", "иѝй", "іїі", "гѓґ", "кќ", "уў");

    /// <summary>The base letter, or the letter itself.</summary>
    public static char Fold(char letter) => BaseLetters.GetValueOrDefault(letter, letter);

    private static FrozenDictionary<char, char> Build(params ReadOnlySpan<string> families)
    {
        var letters = new Dictionary<char, char>();
        foreach (var family in families)
        {
            foreach (var letter in family.AsSpan(1))
            {
                letters[letter] = family[0];
            }
        }

        return letters.ToFrozenDictionary();
    }
}

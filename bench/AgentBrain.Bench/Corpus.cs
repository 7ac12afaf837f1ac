using System.Text;

namespace AgentBrain.Bench;

/// <summary>Text that looks like documentation and code: words follow a power law, as they do in what people write. The same on every run.</summary>
/// <param name="seed">Decides the text.</param>
internal sealed class Corpus(int seed)
{
    private const int Vocabulary = 50_000;
    private const int Names = 8_000;
    private readonly Random _random = new(seed);
    private readonly string[] _words = Words(seed);
    private readonly string[] _identifiers = Identifiers(seed);

    /// <summary>Words separated by spaces, with an identifier now and then.</summary>
    public string Text(int words)
    {
        var text = new StringBuilder(words * 8);
        for (var i = 0; i < words; i++)
        {
            text.Append(_random.Next(20) == 0 ? Identifier() : Word());
            text.Append(i % 14 == 13 ? ".\n" : " ");
        }

        return text.ToString();
    }

    /// <summary>A Markdown file of about so many characters.</summary>
    public string Markdown(int characters)
    {
        var text = new StringBuilder(characters + 200).Append("# ").Append(Text(4)).Append("\n\n");
        while (text.Length < characters)
        {
            text.Append("\n## ").Append(Word()).Append(' ').Append(Word()).Append("\n\n").Append(Text(120)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A file of code that is C# and, but for its first line, Java too.</summary>
    public string Code(int characters)
    {
        var text = new StringBuilder(characters + 200).Append("namespace ").Append(Identifier()).Append(";\n\npublic sealed class ").Append(Identifier()).Append("\n{\n");
        while (text.Length < characters)
        {
            text.Append("    /// <summary>").Append(Text(12).ReplaceLineEndings(" ")).Append("</summary>\n    public int ").Append(Identifier()).Append("(int ").Append(Word())
                .Append(")\n    {\n");
            for (var line = 0; line < 8; line++)
            {
                text.Append("        var ").Append(Word()).Append(line).Append(" = ").Append(Identifier()).Append('(').Append(Word()).Append(");\n");
            }

            text.Append("        return 0;\n    }\n\n");
        }

        return text.Append("}\n").ToString();
    }

    /// <summary>A query of so many words, drawn as the text is.</summary>
    public string Query(int words) => string.Join(' ', Enumerable.Range(0, words).Select(_ => _words[(int)(Math.Pow(_random.NextDouble(), 3) * Vocabulary)]));

    private string Word() => _words[(int)(Math.Pow(_random.NextDouble(), 4) * Vocabulary)];

    /// <summary>Names are used again and again, as in a code base; new ones are rare.</summary>
    private string Identifier() => _identifiers[(int)(Math.Pow(_random.NextDouble(), 3) * Names)];

    private static string[] Identifiers(int seed)
    {
        var (random, words) = (new Random(seed + 1), Words(seed));
        return [.. Enumerable.Range(0, Names).Select(_ => Capital(words[random.Next(5000)]) + Capital(words[random.Next(5000)]))];
    }

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];

    private static string[] Words(int seed)
    {
        var random = new Random(seed);
        const string letters = "etaoinshrdlucmfwypvbgkqjxz";
        return [.. Enumerable.Range(0, Vocabulary).Select(_ => new string([.. Enumerable.Range(0, 3 + random.Next(8)).Select(_ => letters[(int)(Math.Pow(random.NextDouble(), 1.6) * 26)])]))];
    }
}

using System.Text;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Fonts.Standard14Fonts;
using UglyToad.PdfPig.Writer;

namespace AgentBrain.FaultTests.Support;

/// <summary>A folder as people have them: documents and code in subfolders, with a .gitignore. The same for the same seed.</summary>
/// <param name="seed">Decides the text.</param>
internal sealed class Corpus(int seed)
{
    private const string Letters = "etaoinshrdlucmfwypvbgkqjxz";
    private readonly Random _random = new(seed);
    private readonly string[] _words = [.. Enumerable.Range(0, 4000).Select(number => Spell(new Random(seed + number)))];

    /// <summary>Writes so many files, and a few that must be left out; returns how many are to be indexed.</summary>
    public int Write(TemporaryTree tree, string folder, int files)
    {
        for (var i = 0; i < files; i++)
        {
            var directory = $"{folder}/part{i % 7}/{(i % 3 == 0 ? "deep/er" : "flat")}";
            switch (i % 100)
            {
                case 0 or 50:
                    tree.Write($"{directory}/page{i}.html", Html());
                    break;
                case 25:
                    tree.Write($"{directory}/paper{i}.pdf", Pdf());
                    break;
                case < 60:
                    tree.Write($"{directory}/note{i}.md", Markdown());
                    break;
                case < 80:
                    tree.Write($"{directory}/Code{i}.cs", CSharp(i));
                    break;
                default:
                    tree.Write($"{directory}/script{i}.py", Python(i));
                    break;
            }
        }

        tree.Write($"{folder}/.gitignore", "ignored/\n*.tmp.md\n");
        tree.Write($"{folder}/ignored/secretplan.md", "# never");
        tree.Write($"{folder}/part1/draft.tmp.md", "# never");
        return files;
    }

    /// <summary>A query of words that the files have.</summary>
    public string Query(int words) => string.Join(' ', Enumerable.Range(0, words).Select(_ => Word()));

    public string Words(int count)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
            text.Append(Word()).Append(i % 12 == 11 ? ".\n" : " ");

        return text.ToString();
    }

    private string Markdown()
    {
        var text = new StringBuilder().Append("# ").Append(Word()).Append("\n\n").Append(Words(60)).Append("\n\n");
        for (var section = _random.Next(5); section >= 0; section--)
            text.Append("## ").Append(Word()).Append(' ').Append(Word()).Append("\n\n").Append(Words(120)).Append("\n\n");

        return text.ToString();
    }

    private string CSharp(int number)
    {
        var text = new StringBuilder($"namespace Made.Up;\n\npublic sealed class Type{number}\n{{\n");
        for (var method = 2 + _random.Next(6); method >= 0; method--)
            text.Append($"    public int {Capital()}{method}(int {Word()})\n    {{\n        // {Words(10).ReplaceLineEndings(" ")}\n        return {method};\n    }}\n\n");

        return text.Append("}\n").ToString();
    }

    private string Python(int number)
    {
        var text = new StringBuilder($"class Thing{number}:\n");
        for (var method = 2 + _random.Next(6); method >= 0; method--)
            text.Append($"    def {Word()}_{method}(self):\n        \"\"\"{Words(12).ReplaceLineEndings(" ")}\"\"\"\n        return {method}\n\n");

        return text.ToString();
    }

    private string Html() => $"<html><head><title>{Word()} {Word()}</title></head><body><h1>{Word()}</h1><p>{Words(80)}</p><h2>{Word()}</h2><p>{Words(50)}</p></body></html>";

    private byte[] Pdf()
    {
        var builder = new PdfDocumentBuilder { DocumentInformation = { Title = Word() } };
        var font = builder.AddStandard14Font(Standard14Font.Helvetica);
        for (var page = 0; page < 2; page++)
        {
            var added = builder.AddPage(PageSize.A4);
            for (var line = 0; line < 12; line++)
                added.AddText(Words(8).ReplaceLineEndings(" "), 12, new PdfPoint(50, 780 - (line * 16)), font);
        }

        return builder.Build();
    }

    private string Word() => _words[(int)(Math.Pow(_random.NextDouble(), 3) * _words.Length)];

    private string Capital()
    {
        var word = Word();
        return char.ToUpperInvariant(word[0]) + word[1..];
    }

    private static string Spell(Random random) => new([.. Enumerable.Range(0, 3 + random.Next(7)).Select(_ => Letters[(int)(Math.Pow(random.NextDouble(), 1.5) * 26)])]);
}

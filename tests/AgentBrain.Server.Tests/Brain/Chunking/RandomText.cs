using System.Text;

namespace AgentBrain.Server.Tests.Brains.Chunking;

/// <summary>Random documents from a seed: pieces of many languages, so that every chunker meets what it knows and what it does not.</summary>
internal sealed class RandomText(int seed)
{
    private static readonly string[] _pieces =
    [
        "word ", "another word. ", "Ein Satz! ", "漢字。", "これは文です。", "😀", "\n", "\n\n", "\r\n", "\r\n\r\n", "  ", "\t", "    ",
        "# Heading\n", "## Sub heading ##\n", "Setext\n======\n", "Second\n---\n", "```\n# not a heading\n", "```\n", "~~~py\n", "- item\n", "  - nested\n",
        "> quote\n", "1. one\n", "| a | b |\n|---|---|\n", "---\n", "[ref]: http://example.test\n", "<div>\n", "</div>\n",
        "using System;\n", "namespace N;\n", "class C {\n", "public int P { get; }\n", "void M() {\n", "}\n", "{", "(", ")", ";", "/// <summary>doc</summary>\n",
        "#if X\n", "#endif\n", "/* open", "*/", "\"", "'", "@attr\n", "def f(x):\n", "class D(object):\n", "    return 1\n", "func (r *R) M() {\n",
        "fn main() {\n", "impl T for U {\n", "const f = (a) => {\n", "CREATE TABLE t (a int);\n", "procedure P;\nbegin\nend;\n", "key: value\n", "\0", "\u2028", "\uD800", "x",
    ];

    private readonly Random _random = new(seed);

    public string Next(int pieces)
    {
        var text = new StringBuilder();
        for (var i = 0; i < pieces; i++)
        {
            if (_random.Next(40) == 0)
                text.Append((char)_random.Next('a', 'z'), _random.Next(1, 3000));
            else if (_random.Next(60) == 0)
                text.Append(_random.Next(2) == 0 ? '\n' : ' ', _random.Next(1, 1500));
            else
                text.Append(_pieces[_random.Next(_pieces.Length)]);
        }

        return text.ToString();
    }

    public int Between(int low, int high) => _random.Next(low, high);
}

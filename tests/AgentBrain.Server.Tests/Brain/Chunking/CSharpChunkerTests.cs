using AgentBrain.Server.Brains.Chunking;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Tests.Brains.Chunking;

public sealed class CSharpChunkerTests
{
    private static readonly FileType _type = new(DocumentFormat.Code, "csharp");

    private const string Store = """
        using System;

        namespace Shop;

        /// <summary>Keeps what was seen.</summary>
        [Serializable]
        public sealed class ReplayStore : IStore
        {
            private readonly int _a;
            private readonly int _b;

            /// <summary>Creates it.</summary>
            public ReplayStore() { }

            // Counts.
            public int Count { get; set; }
            public int Size { get; set; }

            /// <summary>Adds.</summary>
            [Pure]
            public bool TryAdd(string key)
            {
                return key != "}";
            }

            private enum State { On, Off }

            private sealed class Entry
            {
                public void Touch() { }
            }
        }

        public record Point(int X, int Y);
        """;

    private static IReadOnlyList<ChunkDraft> Chunk(string text, int size = 512, int overlap = 0) =>
        new CSharpChunker(new StructureChunker()).Chunk(text, _type, new ChunkSettings(size, overlap));

    [Fact]
    public void Members_get_chunks_named_by_their_types()
    {
        var chunks = Chunk(Store);

        Assert.Equal(
            [
                ("ReplayStore", "class"), ("ReplayStore.ReplayStore", "constructor"), ("ReplayStore", "class"), ("ReplayStore.TryAdd", "method"),
                ("ReplayStore.State", "enum"), ("ReplayStore.Entry", "class"), ("ReplayStore.Entry.Touch", "method"), ("Point", "record"),
            ],
            chunks.Select(chunk => (chunk.SymbolName, chunk.SymbolKind)));
        Assert.StartsWith("using System;", chunks[0].Text, StringComparison.Ordinal);
        Assert.Contains("_b;", chunks[0].Text, StringComparison.Ordinal);
        Assert.Equal("    /// <summary>Adds.</summary>\n    [Pure]\n    public bool TryAdd(string key)\n    {\n        return key != \"}\";\n    }", chunks[3].Text);
        Assert.Equal((19, 24), (chunks[3].StartLine, chunks[3].EndLine));
    }

    [Fact]
    public void A_long_method_is_cut_between_statements_and_repeats_lines()
    {
        var statements = string.Concat(Enumerable.Range(0, 60).Select(i => $"        if (x > {i})\n        {{\n            Call({i});\n        }}\n"));

        var chunks = Chunk($"class C\n{{\n    void M(int x)\n    {{\n{statements}    }}\n}}\n", 128, 20);

        Assert.All(chunks.Skip(1), chunk => Assert.Equal(("C.M", "method"), (chunk.SymbolName, chunk.SymbolKind)));
        Assert.All(chunks.Skip(2).SkipLast(1), chunk => Assert.EndsWith("        }", chunk.Text, StringComparison.Ordinal));
        Assert.All(chunks.Skip(1).Zip(chunks.Skip(2)), pair => Assert.True(pair.Second.StartLine <= pair.First.EndLine));
    }

    [Fact]
    public void Top_level_statements_and_broken_code_are_covered()
    {
        const string Statements = "using System;\nConsole.WriteLine(1);\nvar x = 2;\nvoid Local() { }\n";
        Assert.Equal(Statements.Trim(), Assert.Single(Chunk(Statements)).Text);

        const string Broken = "namespace N { class C { void M( { if ( } ]] int P { get class D : { void X() } \n@@@ ???";
        ChunkAssert.Holds(Broken, Chunk(Broken), new ChunkSettings(), "broken code");
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("{", "}")]
    [InlineData("[", "]")]
    [InlineData("List<", ">")]
    [InlineData("(int,", ")")]
    [InlineData("if(x)", "")]
    [InlineData("!", "")]
    [InlineData("a?b:", "")]
    [InlineData("class D{", "}")]
    [InlineData("namespace D{", "}")]
    [InlineData("() => ", "")]
    [InlineData("$\"{", "}\"")]
    public void Deep_nesting_is_survived(string open, string close)
    {
        var text = "class C { void M() { x = " + string.Concat(Enumerable.Repeat(open, 20_000)) + "1" + string.Concat(Enumerable.Repeat(close, 20_000)) + "; } }";

        ChunkAssert.Holds(text, Chunk(text), new ChunkSettings(), open);
    }

    [Fact]
    public void Code_not_given_to_the_parser_still_has_its_symbols()
    {
        var text = "public sealed class C\n{\n    public async Task<int> RunAsync(int x)\n    {\n        return " + new string('(', 500) + ";\n    }\n}\n";

        Assert.Equal(["C", "C.RunAsync"], Chunk(text).Select(chunk => chunk.SymbolName).Distinct());
    }
}

using AgentBrain.Server.Brains.Chunking;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Tests.Brains.Chunking;

public sealed class StructureChunkerTests
{
    private static IReadOnlyList<ChunkDraft> Chunk(string language, string text, int size = 512, int overlap = 0) =>
        new StructureChunker().Chunk(text, new FileType(DocumentFormat.Code, language), new ChunkSettings(size, overlap));

    private static IEnumerable<string> Symbols(string language, string text) =>
        Chunk(language, text).Where(chunk => chunk.SymbolName is not null).Select(chunk => $"{chunk.SymbolKind} {chunk.SymbolName}");

    [Fact]
    public void Python_blocks_end_by_indentation_and_take_decorators_along()
    {
        const string Text = "import os\n\n# Adds.\n@cache\ndef add(a,\n        b):\n    return a\n\nclass Store(Base):\n    x = 1\n\n    @property\n    def size(self):\n        if x:\n            pass\n        else:\n            pass\n\nprint(add(1, 2))\n";

        var chunks = Chunk("python", Text);

        Assert.Equal([null, "add", "Store", "Store.size", null], chunks.Select(chunk => chunk.SymbolName));
        Assert.Equal(["function", "class", "method"], chunks.Select(chunk => chunk.SymbolKind).OfType<string>());
        Assert.Equal("# Adds.\n@cache\ndef add(a,\n        b):\n    return a", chunks[1].Text);
        Assert.Equal((12, 17), (chunks[3].StartLine, chunks[3].EndLine));
    }

    [Theory]
    [InlineData("typescript", "export class A {\n  private x = 1;\n  async run(a: string): Promise<void> {\n    if (a) {\n      go(a, {\n      });\n    }\n  }\n}\nexport const f = (a: number) => {\n  return a;\n};\nexport interface I {\n  a: string;\n}\n", "class A|method A.run|function f|interface I")]
    [InlineData("javascript", "function a(x) {\n  return x;\n}\nmodule.exports = a;\n", "function a")]
    [InlineData("go", "package x\n\ntype Store struct {\n\ta int\n}\n\n// Add adds.\nfunc (s *Store) Add(a int) {\n\ts.a = a\n}\n\nfunc main() {\n}\n", "struct Store|method Store.Add|function main")]
    [InlineData("rust", "pub struct P { x: i32 }\n\nimpl<T> Shape for P {\n    #[inline]\n    pub async fn area(&self) -> i32 {\n        1\n    }\n}\nfn main() {}\n", "struct P|impl P|method P.area|function main")]
    [InlineData("java", "package a;\n\npublic class Shop {\n    private int a;\n\n    public Shop(int a) {\n        this.a = a;\n    }\n\n    @Override\n    public String name(int x) throws E {\n        return call(x);\n    }\n}\n", "class Shop|constructor Shop.Shop|method Shop.name")]
    [InlineData("kotlin", "data class P(val x: Int)\n\nclass S {\n    suspend fun load(id: Int): P {\n        return P(id)\n    }\n}\n", "class P|class S|method S.load")]
    [InlineData("swift", "public struct S {\n    let a: Int\n    public init(a: Int) {\n        self.a = a\n    }\n    func go() -> Int {\n        a\n    }\n}\n", "struct S|constructor S.init|method S.go")]
    [InlineData("c", "#include <a.h>\n\nint proto(int a);\n\nstatic int *add(int a, int b)\n{\n    return call(a,\n        b);\n}\n\nstruct point {\n    int x;\n};\n", "function add|struct point")]
    [InlineData("cpp", "namespace n {\nclass A {\npublic:\n    int get() const;\n};\n\nint A::get() const {\n    return 1;\n}\n}\n", "namespace n|class A|function A.get")]
    [InlineData("ruby", "module M\n  class A\n    def go!(x)\n      if x\n        1\n      end\n    end\n  end\nend\n", "module M|class M.A|method M.A.go!")]
    [InlineData("php", "<?php\nclass A {\n    public function go($x) {\n        return 1;\n    }\n}\n", "class A|method A.go")]
    [InlineData("scala", "object Main {\n  def go(x: Int): Int = {\n    x\n  }\n}\n", "object Main|method Main.go")]
    [InlineData("shell", "#!/bin/sh\nset -e\n\n# Builds.\nbuild() {\n  make\n}\n\nbuild\n", "function build")]
    [InlineData("sql", "CREATE TABLE IF NOT EXISTS users (\n  id int\n);\n\ncreate or replace function f()\nreturns int as $$\nbegin\nend;\n$$;\n", "table users|function f")]
    [InlineData("pascal", "unit U;\n\ninterface\n\ntype\n  TStore = class(TObject)\n  end;\n\nimplementation\n\nprocedure TStore.Add(a: Integer);\nvar\n  b: Integer;\nbegin\nend;\n", "unit U|class TStore|procedure TStore.Add")]
    public void Definitions_are_found_with_name_and_kind(string language, string text, string symbols)
    {
        Assert.Equal(symbols.Split('|'), Symbols(language, text).Distinct());
        ChunkAssert.Holds(text, Chunk(language, text), new ChunkSettings(), language);
    }

    [Fact]
    public void Code_of_an_unknown_language_is_cut_between_lines_that_overlap()
    {
        var text = string.Concat(Enumerable.Range(0, 300).Select(i => $"line {i} of the file\n"));

        var chunks = Chunk("unknown", text, 128, 20);

        Assert.All(chunks, chunk => Assert.Matches("^line \\d+ of the file\n(.*\n)*.*file$", chunk.Text));
        Assert.All(chunks.Zip(chunks.Skip(1)), pair => Assert.InRange(pair.First.EndLine - pair.Second.StartLine, 1, 4));
    }
}

using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Tests.Brains.Files;

public sealed class FileTypesTests
{
    [Theory]
    [InlineData("a.cs", DocumentFormat.Code, "csharp")]
    [InlineData("A.PY", DocumentFormat.Code, "python")]
    [InlineData("x.d.ts", DocumentFormat.Code, "typescript")]
    [InlineData("unit.pas", DocumentFormat.Code, "pascal")]
    [InlineData("x.h", DocumentFormat.Code, "c")]
    [InlineData("x.hh", DocumentFormat.Code, "cpp")]
    [InlineData("README", DocumentFormat.PlainText, "text")]
    [InlineData("readme.md", DocumentFormat.Markdown, "markdown")]
    [InlineData("a.htm", DocumentFormat.Html, "html")]
    [InlineData("a.pdf", DocumentFormat.Pdf, "pdf")]
    [InlineData("a.rst", DocumentFormat.PlainText, "rst")]
    [InlineData("Dockerfile", DocumentFormat.Code, "dockerfile")]
    [InlineData("Dockerfile.dev", DocumentFormat.Code, "dockerfile")]
    [InlineData("Makefile", DocumentFormat.Code, "makefile")]
    [InlineData("CMakeLists.txt", DocumentFormat.Code, "cmake")]
    [InlineData("app.json", DocumentFormat.Code, "json")]
    internal void A_name_says_its_type(string name, DocumentFormat format, string language) =>
        Assert.Equal(new FileType(format, language), FileTypes.Classify(name));

    [Theory]
    [InlineData("a.exe")]
    [InlineData("a")]
    [InlineData(".gitignore")]
    [InlineData("cs")]
    [InlineData("a.")]
    [InlineData("license.dll")]
    [InlineData("")]
    public void Other_names_have_no_type(string name) => Assert.Null(FileTypes.Classify(name));

    [Fact]
    public void Every_glob_of_a_preset_is_a_known_type()
    {
        Assert.Equal(16, FileTypePreset.All.Length);
        Assert.Equal(16, FileTypePreset.All.Select(preset => preset.Name).Distinct().Count());
        Assert.All(FileTypePreset.All.SelectMany(preset => preset.Globs), glob => Assert.NotNull(FileTypes.Classify("x" + glob[1..])));
        Assert.All(FileTypePreset.Find("code")!.Globs, glob => Assert.True(FileTypes.Classify("x" + glob[1..])!.IsCode));
        Assert.Equal(FileTypePreset.Find("pascal")!.Globs, FileTypePreset.Find("object-pascal")!.Globs);
        Assert.Equal(["*.md", "*.txt", "*.rst", "*.pdf"], FileTypePreset.Find("docs")!.Globs);
        Assert.Null(FileTypePreset.Find("cobol"));
        Assert.Equal(FileTypes.ExtensionCount, FileTypes.KnownExtensions.Distinct().Count());
    }

    [Theory]
    [InlineData("src/Latest.cs", "code")]
    [InlineData("src/LatestTests.cs", "test")]
    [InlineData("src/contest.py", "code")]
    [InlineData("src/test_a.py", "test")]
    [InlineData("src/a_test.go", "test")]
    [InlineData("src/a.spec.ts", "test")]
    [InlineData("src/a.test.tsx", "test")]
    [InlineData("tests/a.cs", "test")]
    [InlineData("x/__tests__/a.js", "test")]
    [InlineData("App.Tests/Fixture.cs", "test")]
    [InlineData("tests/readme.md", "doc")]
    [InlineData("src/Attestation.cs", "code")]
    [InlineData("latest/a.cs", "code")]
    public void A_path_says_doc_code_or_test(string path, string expected) =>
        Assert.Equal(expected, SourceType.Of(path, FileTypes.Classify(path[(path.LastIndexOf('/') + 1)..])!));
}

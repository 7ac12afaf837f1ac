using System.Collections.Immutable;

namespace AgentBrain.Server.Brains.Files;

/// <summary>A name that stands for a set of globs, so that a caller can ask for "python" without listing extensions.</summary>
/// <param name="Name">The lower-case name.</param>
/// <param name="Globs">The globs it stands for.</param>
internal sealed record FileTypePreset(string Name, ImmutableArray<string> Globs)
{
    /// <summary>All of them, in the order they are shown. <c>code</c> is the union of those for code, each glob once.</summary>
    public static ImmutableArray<FileTypePreset> All { get; } = Build();

    /// <summary>The preset of a name.</summary>
    /// <returns>Null if there is none; case matters.</returns>
    public static FileTypePreset? Find(string name) => All.FirstOrDefault(preset => preset.Name == name);

    private static ImmutableArray<FileTypePreset> Build()
    {
        FileTypePreset[] code =
        [
            Of("python", "py pyi pyw"),
            Of("javascript", "js jsx mjs cjs"),
            Of("typescript", "ts tsx"),
            Of("go", "go"),
            Of("rust", "rs"),
            Of("java", "java"),
            Of("csharp", "cs"),
            Of("pascal", "pas pp lpr dpr dpk"),
            Of("object-pascal", "pas pp lpr dpr dpk"),
            Of("c", "c h"),
            Of("cpp", "cpp hpp cc hh"),
            Of("web", "html css scss jsx tsx"),
        ];
        // HTML is a document to the indexer, whatever preset asked for it.
        var union = code.SelectMany(static preset => preset.Globs).Where(static glob => glob != "*.html").Distinct();
        return
        [
            .. code,
            Of("docs", "md txt rst pdf"),
            Of("text", "md txt rst"),
            Of("pdf", "pdf"),
            new FileTypePreset("code", [.. union]),
        ];
    }

    private static FileTypePreset Of(string name, string extensions) =>
        new(name, [.. extensions.Split(' ').Select(static extension => "*." + extension)]);
}

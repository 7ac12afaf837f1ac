using System.Collections.Frozen;

namespace AgentBrain.Server.Brains.Files;

/// <summary>The catalogue of file types that can be indexed, by name alone.</summary>
internal static class FileTypes
{
    private static readonly FrozenDictionary<string, FileType> ByExtension = Extensions();

    private static readonly FrozenDictionary<string, FileType> ByName = WellKnownNames();

    /// <summary>How many extensions are known.</summary>
    public static int ExtensionCount => ByExtension.Count;

    /// <summary>The known extensions with their dot, in ordinal order.</summary>
    public static IEnumerable<string> KnownExtensions => ByExtension.Keys.Order(StringComparer.Ordinal);

    /// <summary>Every language id there is, in ordinal order.</summary>
    public static IEnumerable<string> Languages => ByExtension.Values.Concat(ByName.Values).Select(type => type.Language).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>The type of a file.</summary>
    /// <param name="fileName">Its name, without directories. Case does not matter.</param>
    /// <returns>Null if the name is of no known type.</returns>
    public static FileType? Classify(string fileName)
    {
        if (ByName.TryGetValue(fileName, out var named))
            return named;
        var dot = fileName.LastIndexOf('.');
        if (dot >= 0 && ByExtension.TryGetValue(fileName[dot..], out var type))
            return type;
        // Dockerfile.dev, Makefile.linux
        var first = fileName.IndexOf('.', StringComparison.Ordinal);
        return first > 0 && ByName.TryGetValue(fileName[..first], out var variant) && variant.IsCode ? variant : null;
    }

    private static FrozenDictionary<string, FileType> Extensions()
    {
        var types = new Dictionary<string, FileType>(StringComparer.OrdinalIgnoreCase);
        void Add(DocumentFormat format, string language, string extensions)
        {
            foreach (var extension in extensions.Split(' '))
                types.Add("." + extension, new FileType(format, language));
        }

        Add(DocumentFormat.PlainText, "text", "txt text");
        Add(DocumentFormat.PlainText, "rst", "rst");
        Add(DocumentFormat.PlainText, "asciidoc", "adoc asciidoc");
        Add(DocumentFormat.PlainText, "org", "org");
        Add(DocumentFormat.PlainText, "latex", "tex");
        Add(DocumentFormat.PlainText, "csv", "csv tsv");
        Add(DocumentFormat.Markdown, "markdown", "md markdown mdx");
        Add(DocumentFormat.Html, "html", "html htm xhtml");
        Add(DocumentFormat.Pdf, "pdf", "pdf");
        foreach (var (language, extensions) in CodeExtensions)
            Add(DocumentFormat.Code, language, extensions);
        return types.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    // Data and configuration are code here: a caller who asks for documents only does not want every package.json.
    private static (string Language, string Extensions)[] CodeExtensions =>
    [
        ("python", "py pyw pyi"), ("typescript", "ts tsx mts cts"), ("javascript", "js jsx mjs cjs"),
        ("kotlin", "kt kts"), ("c", "c h"), ("cpp", "cpp cc cxx hpp hxx hh"), ("java", "java"), ("go", "go"),
        ("rust", "rs"), ("swift", "swift"), ("csharp", "cs csx"), ("pascal", "pas pp lpr dpr dpk"), ("ruby", "rb"),
        ("php", "php"), ("scala", "scala sc"), ("shell", "sh bash zsh fish"), ("powershell", "ps1 psm1 psd1"),
        ("batch", "bat cmd"), ("sql", "sql"), ("css", "css"), ("scss", "scss sass"), ("less", "less"), ("lua", "lua"),
        ("r", "r"), ("dart", "dart"), ("elixir", "ex exs"), ("erlang", "erl hrl"), ("haskell", "hs"),
        ("clojure", "clj cljs cljc"), ("fsharp", "fs fsi fsx"), ("vb", "vb"), ("protobuf", "proto"),
        ("graphql", "graphql gql"), ("terraform", "tf"), ("hcl", "hcl"), ("razor", "razor cshtml"), ("vue", "vue"),
        ("svelte", "svelte"), ("astro", "astro"), ("perl", "pl pm"), ("groovy", "groovy gradle"), ("julia", "jl"),
        ("zig", "zig"), ("nim", "nim"), ("ocaml", "ml mli"), ("objective-c", "m mm"), ("solidity", "sol"),
        ("cmake", "cmake"), ("makefile", "mk"), ("dockerfile", "dockerfile"), ("nix", "nix"), ("assembly", "asm s"),
        ("json", "json jsonc json5"), ("yaml", "yaml yml"), ("toml", "toml"), ("ini", "ini cfg conf properties"),
        ("xml", "xml xsd xsl xslt xaml csproj fsproj vbproj props targets slnx"),
    ];

    private static FrozenDictionary<string, FileType> WellKnownNames()
    {
        var names = new Dictionary<string, FileType>(StringComparer.OrdinalIgnoreCase);
        void Add(DocumentFormat format, string language, params string[] known)
        {
            foreach (var name in known)
                names.Add(name, new FileType(format, language));
        }

        Add(DocumentFormat.Code, "dockerfile", "Dockerfile", "Containerfile");
        Add(DocumentFormat.Code, "makefile", "Makefile", "GNUmakefile");
        Add(DocumentFormat.Code, "cmake", "CMakeLists.txt");
        Add(DocumentFormat.Code, "groovy", "Jenkinsfile");
        Add(DocumentFormat.Code, "ruby", "Rakefile", "Gemfile", "Vagrantfile");
        Add(DocumentFormat.Code, "just", "Justfile");
        Add(DocumentFormat.Code, "go-module", "go.mod");
        Add(DocumentFormat.Code, "ini", ".editorconfig");
        Add(DocumentFormat.PlainText, "text", "README", "LICENSE", "LICENCE", "COPYING", "NOTICE", "AUTHORS", "CHANGELOG", "CONTRIBUTING", "INSTALL", "TODO");
        return names.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}

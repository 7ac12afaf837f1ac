using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace AgentBrain.Server.Brains.Chunking;

/// <summary>The languages whose definitions are known.</summary>
internal static class LanguageTable
{
    private const string JsModifiers = @"(?:(?:export|default|declare|abstract|async)\s+)*";
    private const string JvmModifiers = @"(?:(?:public|private|protected|internal|static|final|abstract|sealed|non-sealed|open|data|inner|enum|annotation|inline|value|override|suspend|operator|infix|tailrec|external|expect|actual|default|synchronized|native|strictfp|implicit|lazy|case|@\w+)\s+)*";
    private const string CsModifiers = @"(?:(?:public|private|protected|internal|static|sealed|abstract|partial|readonly|ref|unsafe|file|new|virtual|override|async|extern)\s+)*";
    private const string CName = @"(?<name>(?:\w+(?:<[\w\s,:*]*>)?::)*~?\w+|(?:\w+::)*operator\s*\S{1,3})";

    private static readonly ImmutableArray<string> Slashes = ["//", "/*", "*", "@", "#["];
    private static readonly ImmutableArray<string> Hashes = ["#", "@"];
    private static readonly FrozenSet<string> Ends = Words("end else elsif elif elseif except finally rescue ensure catch fi done esac then do when in until begin");

    private static readonly LanguageStructure Javascript = new(
        [
            Keyword(JsModifiers + @"(?<kind>function|class|interface|enum|namespace|module)\b\s*\*?\s*(?<name>[\w$]+)"),
            Keyword(JsModifiers + @"(?<kind>type)\s+(?<name>[\w$]+)\s*(?:<.*>)?\s*="),
            Plain(@"(?:export\s+)?(?:const|let|var)\s+(?<name>[\w$]+)\s*(?::[^=]*)?=\s*(?:async\s*)?(?:function\b|\(.*\)\s*(?::.*)?=>|[\w$]+\s*=>|\($)", "function"),
            Plain(@"(?:(?:public|private|protected|static|async|get|set|override|abstract|readonly)\s+)*\*?\s*(?<name>[\w$#]+)\s*(?:<.*>)?\(.*(?:\{|,|\()$", "method", onlyInType: true),
            Plain(@"(?:(?:public|private|protected|static|readonly)\s+)*(?<name>[\w$#]+)\s*(?::[^=]*)?=\s*(?:async\s*)?\(.*\)\s*(?::.*)?=>", "method", onlyInType: true),
        ],
        Slashes);

    private static readonly LanguageStructure Jvm = new(
        [
            Keyword(JvmModifiers + @"(?<kind>class|@?interface|enum|record|object|trait)\s+(?<name>\w+)"),
            Keyword(JvmModifiers + @"(?<kind>fun|def)\s+(?:<[^>]*>\s*)?(?:\w+(?:<.*>)?\??\.)?(?<name>[\w`]+)"),
            Plain(JvmModifiers + @"(?:<.*>\s+)?[\w.<>\[\]?,]+(?:\s*<.*>)?(?:\[\])*\s+(?<name>\w+)\s*\([^;]*(?:\{|,|\(|\)|\bthrows\b.*)$", "method", onlyInType: true),
            Plain(@"(?:(?:public|private|protected)\s+)?(?<name>[A-Z]\w*)\s*\([^;]*(?:\{|,|\()$", "constructor", onlyInType: true),
        ],
        Slashes);

    private static readonly LanguageStructure C = new(
        [
            Keyword(@"(?:template\s*<.*>\s*)?(?:typedef\s+|inline\s+)*(?<kind>class|struct|union|enum|namespace)\s+(?:class\s+)?(?:[A-Z_]+\s+)?(?<name>[\w:]+)\s*(?:final\s*)?(?:[:{].*)?$"),
            Plain(@"(?:[\w:*&<>,~\[\]]+\s+[\s*&]*)+" + CName + @"\s*\([^;]*(?:\{.*|,|\(|\)(?:\s*(?:const|noexcept|override|final))*)$", "function"),
            Plain(@"(?<name>(?:\w+::)+~?\w+)\s*\([^;]*(?:\{.*|,|\(|\))$", "method"),
        ],
        ["//", "/*", "*", "[[", "template"]) { Continuations = Words("public private protected default case signals slots Q_OBJECT") };

    private static readonly FrozenDictionary<string, LanguageStructure> Languages = new Dictionary<string, LanguageStructure>(StringComparer.Ordinal)
    {
        ["python"] = new([Keyword(@"(?:async\s+)?(?<kind>def|class)\s+(?<name>\w+)")], Hashes) { Continuations = Ends },
        ["javascript"] = Javascript,
        ["typescript"] = Javascript,
        ["jsx"] = Javascript,
        ["tsx"] = Javascript,
        ["vue"] = Javascript,
        ["svelte"] = Javascript,
        ["dart"] = Jvm,
        ["groovy"] = Jvm,
        ["java"] = Jvm,
        // For C# that is not given to the parser.
        ["csharp"] = new(
            [
                Keyword(CsModifiers + @"(?<kind>class|interface|struct|record|enum|namespace)\s+(?:struct\s+|class\s+)?(?<name>[\w.]+)"),
                Plain(CsModifiers + @"[\w.<>\[\]?,]+(?:\s*<.*>)?\s+(?<name>\w+)\s*(?:<.*>)?\([^;]*(?:\{|,|\(|\)|=>.*)$", "method", onlyInType: true),
            ],
            ["//", "/*", "*", "["]),
        ["kotlin"] = Jvm,
        ["scala"] = Jvm,
        ["c"] = C,
        ["cpp"] = C,
        ["objective-c"] = C,
        ["objectivec"] = C,
        ["go"] = new(
            [
                Keyword(@"(?<kind>func)\s+(?:\(\s*(?:\w+\s+)?\*?(?<owner>\w+)[^)]*\)\s*)?(?<name>\w+)"),
                Keyword(@"type\s+(?<name>\w+)\s*(?:\[[^\]]*\])?\s*(?<kind>struct|interface)\b"),
                Plain(@"type\s+(?<name>\w+)\s", "type"),
            ],
            Slashes),
        ["rust"] = new(
            [
                Keyword(@"(?:pub(?:\([^)]*\))?\s+)?(?:(?:default|const|async|unsafe|extern(?:\s+""[^""]*"")?)\s+)*(?<kind>fn|struct|enum|trait|union|mod|type|macro_rules!)\s+(?<name>\w+)"),
                Keyword(@"(?:unsafe\s+)?(?<kind>impl)\b.*\sfor\s+&?(?:\w+::)*(?<name>\w+)"),
                Keyword(@"(?:unsafe\s+)?(?<kind>impl)\s*(?:<.*>)?\s+(?:\w+::)*(?<name>\w+)"),
            ],
            Slashes) { Continuations = Words("where") },
        ["swift"] = new(
            [
                Keyword(@"(?:(?:public|private|fileprivate|internal|open|static|final|override|mutating|nonisolated|required|convenience|indirect|class|@\w+)\s+)*(?<kind>func|class|struct|enum|protocol|extension|actor|typealias)\s+(?<name>[\w.]+)"),
                Plain(@"(?:(?:public|private|fileprivate|internal|override|required|convenience)\s+)*(?<name>init)[?!]?\s*(?:<.*>)?\(", "constructor"),
            ],
            Slashes),
        ["php"] = new(
            [Keyword(@"(?:(?:public|private|protected|static|final|abstract|readonly)\s+)*(?<kind>function|class|interface|trait|enum)\s+&?(?<name>\w+)")],
            ["//", "/*", "*", "#"]),
        ["ruby"] = new([Keyword(@"(?:private\s+)?(?<kind>def|class|module)\s+(?<name>[\w:.?!=]+)")], Hashes) { Continuations = Ends },
        ["elixir"] = new([Keyword(@"(?<kind>defmodule|defp?|defmacrop?|defprotocol|defimpl)\s+(?<name>[\w.?!]+)")], Hashes) { Continuations = Ends },
        ["lua"] = new([Keyword(@"(?:local\s+)?(?<kind>function)\s+(?<name>[\w.:]+)")], ["--"]) { Continuations = Ends },
        ["perl"] = new([Keyword(@"(?<kind>sub|package)\s+(?<name>[\w:]+)")], Hashes),
        ["r"] = new([Plain(@"(?<name>[\w.]+)\s*(?:<-|=)\s*function\b", "function")], Hashes),
        ["julia"] = new([Keyword(@"(?:mutable\s+)?(?<kind>function|struct|module|macro)\s+(?<name>[\w.!]+)")], Hashes) { Continuations = Ends },
        ["haskell"] = new([Keyword(@"(?<kind>class|data|newtype|type|instance|module)\s+(?<name>[\w.]+)"), Plain(@"(?<name>[a-z_][\w']*)\s*::", "function")], ["--", "{-"]) { LastsUntilNext = true },
        ["fsharp"] = new([Keyword(@"(?<kind>type|module|namespace)\s+(?:rec\s+|private\s+|internal\s+)*(?<name>[\w.]+)"), Plain(@"(?:let|and)\s+(?:rec\s+|inline\s+|private\s+)*(?<name>\w+)\s+[^=]+=", "function"), Plain(@"(?:(?:static|override|abstract)\s+)*member\s+(?:inline\s+)?(?:\w+\.)?(?<name>\w+)", "method")], ["//", "(*", "[<"]),
        ["powershell"] = new([Keyword(@"(?i:(?<kind>function|filter|class|enum))\s+(?<name>[\w:-]+)")], Hashes),
        ["shell"] = new([Plain(@"(?:function\s+)?(?<name>[\w:.-]+)\s*\(\s*\)", "function"), Keyword(@"(?<kind>function)\s+(?<name>[\w:.-]+)")], Hashes) { Continuations = Ends },
        ["bash"] = new([Plain(@"(?:function\s+)?(?<name>[\w:.-]+)\s*\(\s*\)", "function"), Keyword(@"(?<kind>function)\s+(?<name>[\w:.-]+)")], Hashes) { Continuations = Ends },
        ["pascal"] = new(
            [
                Keyword(@"(?i:(?:class\s+)?(?<kind>procedure|function|constructor|destructor|operator))\s+(?<name>[\w.]+)"),
                Plain(@"(?<name>\w+)(?:<.*>)?\s*=\s*(?i:(?:packed\s+)?(?:class|record|interface|object))\b[^;]*$", "class"),
                Keyword(@"(?i:(?<kind>unit|program|library))\s+(?<name>[\w.]+)"),
            ],
            ["//", "{", "(*", "["]) { LastsUntilNext = true },
        ["sql"] = new(
            [Keyword(@"(?i:create\s+(?:or\s+(?:replace|alter)\s+)?(?:(?:global|local|temp|temporary|unique|materialized|unlogged|definer\s*=\s*\S+)\s+)*(?<kind>table|view|function|procedure|trigger|index|type|schema|sequence|database|package(?:\s+body)?)\s+(?:if\s+not\s+exists\s+)?)(?<name>[\w.\[\]""`$]+)")],
            ["--", "/*"]) { LastsUntilNext = true },
        ["yaml"] = new([Plain(@"(?<name>[\w./-]+)\s*:(?:\s|$)", "key")], ["#"]),
        ["toml"] = new([Plain(@"\[+(?<name>[^\]]+)\]", "section")], ["#"]) { LastsUntilNext = true },
        ["ini"] = new([Plain(@"\[(?<name>[^\]]+)\]", "section")], ["#", ";"]) { LastsUntilNext = true },
        ["terraform"] = new([Keyword(@"(?<kind>resource|data|module|variable|output|provider|locals)\s+(?<name>""[\w.-]+""(?:\s+""[\w.-]+"")?)")], ["#", "//"]),
        ["protobuf"] = new([Keyword(@"(?<kind>message|service|enum|rpc)\s+(?<name>\w+)")], ["//", "/*", "*"]),
        ["graphql"] = new([Keyword(@"(?:extend\s+)?(?<kind>type|interface|enum|input|union|scalar)\s+(?<name>\w+)")], ["#", "\"\"\""]),
    }.ToFrozenDictionary();

    /// <summary>The structure of a language, or null when it is not known.</summary>
    public static LanguageStructure? Find(string language) => Languages.GetValueOrDefault(language);

    private static DefinitionPattern Keyword(string pattern) => Plain(pattern, "definition");

    private static DefinitionPattern Plain(string pattern, string kind, bool onlyInType = false) =>
        new(new Regex("^" + pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant), kind) { OnlyInType = onlyInType };

    private static FrozenSet<string> Words(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}

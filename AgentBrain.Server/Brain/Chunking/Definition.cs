using System.Text.RegularExpressions;

namespace AgentBrain.Server.Brains.Chunking;

/// <summary>A definition found by pattern.</summary>
/// <param name="Name">Its name, qualified by its containers.</param>
/// <param name="Kind">Its kind.</param>
internal readonly record struct Definition(string Name, string Kind)
{
    private const int LongestName = 200;

    /// <summary>Reads a match.</summary>
    public static Definition From(Match match, DefinitionPattern pattern, OpenBlock? container)
    {
        var name = match.Groups["name"].Value.Replace("::", ".", StringComparison.Ordinal).Trim('"', '`', '[', ']');
        var keyword = match.Groups["kind"].Value;
        var kind = keyword.Length > 0 ? KindOf(keyword.ToLowerInvariant()) : pattern.Kind;
        var owner = match.Groups["owner"];
        if (owner.Success)
            return new($"{owner.Value}.{name}", "method");

        // Symbols are qualified by types and modules, not by namespaces, whose bodies are often not indented.
        if (container is null or { Kind: "namespace" or "package" or "unit" })
            return new(Cap(name), kind);
        if (kind == "method" && EndsWith(container.Name, name))
            kind = "constructor";
        return new(Cap($"{container.Name}.{name}"), kind == "function" && IsType(container.Kind) ? "method" : kind);
    }

    /// <summary>True when what looked like a definition is a statement: <c>else if (x) {</c>, <c>return f(x,</c>.</summary>
    public static bool IsStatement(Match match)
    {
        var name = match.Groups["name"].ValueSpan;
        if (name is "if" or "for" or "while" or "switch" or "catch" or "return" or "else" or "do" or "foreach" or "with" or "function" or "new" or "sizeof" or "defined" or "using" or "lock" or "super")
            return true;

        var line = match.ValueSpan;
        return line.StartsWith("return ", StringComparison.Ordinal) || line.StartsWith("else ", StringComparison.Ordinal)
            || line.StartsWith("new ", StringComparison.Ordinal) || line.StartsWith("throw ", StringComparison.Ordinal)
            || line.StartsWith("case ", StringComparison.Ordinal) || line.StartsWith("await ", StringComparison.Ordinal);
    }

    /// <summary>True for kinds whose functions are methods.</summary>
    public static bool IsType(string kind) =>
        kind is "class" or "interface" or "struct" or "trait" or "impl" or "enum" or "record" or "object" or "protocol" or "extension" or "actor" or "union";

    private static bool EndsWith(string container, string name) =>
        container.EndsWith(name, StringComparison.Ordinal) && (container.Length == name.Length || container[^(name.Length + 1)] == '.');

    private static string KindOf(string keyword) => keyword switch
    {
        "def" or "defp" or "func" or "fun" or "fn" or "sub" or "filter" => "function",
        "mod" or "defmodule" => "module",
        "macro_rules!" or "defmacro" or "defmacrop" => "macro",
        "@interface" => "interface",
        "program" or "library" => "unit",
        _ => keyword,
    };

    private static string Cap(string name) => name.Length <= LongestName ? name : name[..LongestName];
}

/// <summary>A definition whose block has not ended yet.</summary>
/// <param name="Indentation">Columns before its first line.</param>
/// <param name="Name">Its qualified name.</param>
/// <param name="Kind">Its kind.</param>
internal sealed record OpenBlock(int Indentation, string Name, string Kind);

namespace AgentBrain.Server.Brains.Files;

/// <summary>The coarse kinds that a search can be narrowed to: <c>doc</c>, <c>code</c>, <c>test</c>.</summary>
internal static class SourceType
{
    /// <summary>Prose.</summary>
    public const string Doc = "doc";

    /// <summary>Code that is not a test.</summary>
    public const string Code = "code";

    /// <summary>Test code.</summary>
    public const string Test = "test";

    private static readonly string[] TestDirectories = ["test", "tests", "__tests__", "spec", "specs", "testing", "e2e"];

    // "LatestTests.cs" is a test, "Latest.cs" is not: suffixes of Pascal-case names are compared with their case.
    private static readonly string[] TestStemSuffixes = ["Test", "Tests", "Spec", "Specs", "_test", "_tests", "_spec", ".test", ".tests", ".spec", "-test", "-spec"];

    /// <summary>The kind of a file.</summary>
    /// <param name="relativePath">Its canonical path.</param>
    /// <param name="type">What its name says.</param>
    public static string Of(string relativePath, FileType type)
    {
        if (!type.IsCode)
            return Doc;
        var segments = relativePath.Split('/');
        return segments.SkipLast(1).Any(IsTestDirectory) || IsTestName(segments[^1]) ? Test : Code;
    }

    // A .NET test project's directory ends in ".Tests".
    private static bool IsTestDirectory(string name) =>
        TestDirectories.Contains(name, StringComparer.OrdinalIgnoreCase)
        || name.EndsWith(".Tests", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith(".Test", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith("Tests", StringComparison.Ordinal);

    private static bool IsTestName(string name)
    {
        var stem = name.LastIndexOf('.') is var dot and > 0 ? name[..dot] : name;
        return stem.StartsWith("test_", StringComparison.OrdinalIgnoreCase)
            || stem == "conftest"
            || TestStemSuffixes.Any(suffix => stem.EndsWith(suffix, StringComparison.Ordinal));
    }
}

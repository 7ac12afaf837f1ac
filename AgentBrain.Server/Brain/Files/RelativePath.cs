using System.Buffers;

namespace AgentBrain.Server.Brains.Files;

/// <summary>
/// The one form of a path beneath a root: segments joined by <c>/</c>, none of them empty, <c>.</c> or <c>..</c>, no NUL and
/// no backslash. Absolute, UNC, device and drive paths are refused by this syntax, and on Windows also alternate streams,
/// device names and what Win32 would silently trim. The empty string is the root itself.
/// </summary>
internal static class RelativePath
{
    private static readonly string[] WindowsDevices = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];
    private static readonly SearchValues<char> NotInWindowsNames = SearchValues.Create(":<>\"|?*" + ControlCharacters());

    /// <summary>True if the path has the one form and names something below the root.</summary>
    public static bool IsCanonical(string path) => IsCanonical(path, OperatingSystem.IsWindows());

    /// <summary>As <see cref="IsCanonical(string)"/>, with the rules of Windows on or off.</summary>
    public static bool IsCanonical(string path, bool windowsRules)
    {
        if (path.Length == 0 || path.AsSpan().IndexOfAny('\0', '\\') >= 0 || IsDrive(path))
            return false;
        foreach (var range in path.AsSpan().Split('/'))
        {
            var segment = path.AsSpan(range);
            if (segment is "" or "." or ".." || (windowsRules && !IsPlainOnWindows(segment)))
                return false;
        }

        return true;
    }

    /// <summary>Refuses whatever does not have the one form.</summary>
    /// <exception cref="FileRefusedException">With <see cref="SkipReason.OutsideRoot"/>.</exception>
    public static void Require(string path)
    {
        if (!IsCanonical(path))
            throw new FileRefusedException(SkipReason.OutsideRoot, $"Not a path beneath a root: '{path}'.");
    }

    /// <summary>Joins a directory (possibly the empty root) and a name.</summary>
    public static string Join(string directory, string name) => directory.Length == 0 ? name : $"{directory}/{name}";

    /// <summary>The last segment of a path.</summary>
    public static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static string ControlCharacters() => string.Concat(Enumerable.Range(1, 31).Select(code => (char)code));

    // "C:x" would leave the root on Windows; refused everywhere, so that an index means the same on every machine.
    private static bool IsDrive(string path) => path.Length >= 2 && path[1] == ':' && char.IsAsciiLetter(path[0]);

    private static bool IsPlainOnWindows(ReadOnlySpan<char> segment)
    {
        if (segment.IndexOfAny(NotInWindowsNames) >= 0 || segment[^1] is ' ' or '.')
            return false;
        var stem = (segment.IndexOf('.') is var dot and >= 0 ? segment[..dot] : segment).TrimEnd(' ').ToString();
        return !WindowsDevices.Contains(stem, StringComparer.OrdinalIgnoreCase) && !IsNumberedDevice(stem);
    }

    private static bool IsNumberedDevice(string stem) =>
        stem.Length == 4
        && (stem.StartsWith("COM", StringComparison.OrdinalIgnoreCase) || stem.StartsWith("LPT", StringComparison.OrdinalIgnoreCase))
        && (char.IsDigit(stem[3]) || stem[3] is '\u00b9' or '\u00b2' or '\u00b3');
}

namespace AgentBrain.Server.Brains.Files;

/// <summary>What Linux and macOS have in common in their descriptions of files.</summary>
internal static class UnixFacts
{
    // Times beyond what .NET can say are possible on disk; a file is not refused for them.
    private const long EarliestSecond = -62_135_596_800;
    private const long LatestSecond = 253_402_300_799;

    /// <summary>The kind in a file mode's type bits.</summary>
    public static ItemKind KindOf(ushort mode) => (mode & 0xf000) switch
    {
        0x8000 => ItemKind.File,
        0x4000 => ItemKind.Directory,
        0xa000 => ItemKind.Symlink,
        _ => ItemKind.Other,
    };

    /// <summary>The kind in a directory entry's type, null if the file system does not say.</summary>
    public static ItemKind? KindOfEntry(byte type) => type switch
    {
        0 => null,
        8 => ItemKind.File,
        4 => ItemKind.Directory,
        10 => ItemKind.Symlink,
        _ => ItemKind.Other,
    };

    /// <summary>A time as .NET says it.</summary>
    public static DateTimeOffset Time(long seconds, uint ticks) =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, EarliestSecond, LatestSecond - 1)).AddTicks(ticks);
}

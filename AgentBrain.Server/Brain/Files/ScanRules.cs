using System.Collections.Frozen;

namespace AgentBrain.Server.Brains.Files;

/// <summary>What of a folder is wanted.</summary>
internal sealed record ScanRules
{
    /// <summary>Patterns of which a file has to match one, relative to the folder; empty: all files.</summary>
    public GlobSet Include { get; init; } = GlobSet.Empty;

    /// <summary>Patterns that leave files and directories out, relative to the folder.</summary>
    public GlobSet Exclude { get; init; } = GlobSet.Empty;

    /// <summary>Whether source code, data and configuration are wanted, or documents only.</summary>
    public bool IncludeCode { get; init; } = true;

    /// <summary>Whether <c>.gitignore</c> files are honoured.</summary>
    public bool RespectGitIgnore { get; init; } = true;

    /// <summary>Folders that are indexed on their own, as canonical paths from the root; what is in them is theirs.</summary>
    public IReadOnlySet<string> OtherFolders { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Most files to find; the scan ends with an entry that says so.</summary>
    public int MaxFiles { get; init; } = new BrainLimits().MaxFilesPerFolder;
}

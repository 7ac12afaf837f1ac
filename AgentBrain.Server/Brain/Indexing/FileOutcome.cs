using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Brains.Indexing;

/// <summary>What came of looking at a file: it is unchanged, it is prepared, or it is skipped.</summary>
/// <param name="Path">The file.</param>
/// <param name="Existing">What the index holds of it, or null.</param>
/// <param name="Prepared">Its new content, or null.</param>
/// <param name="Skip">Why it is left out, or null.</param>
internal sealed record FileOutcome(BrainPath Path, ManifestEntry? Existing, PreparedFile? Prepared, SkipReason? Skip)
{
    /// <summary>
    /// True for a reason that may be gone the next time: what the index holds of the file stays, rather than a hiccup of the disk
    /// emptying the index.
    /// </summary>
    public bool KeepsExisting => Skip is SkipReason.Unreadable or SkipReason.Changed or SkipReason.ExtractionTimeout or SkipReason.ExtractionUnavailable;
}

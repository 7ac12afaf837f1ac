namespace AgentBrain.Server.Brains.Files;

/// <summary>A file that is to be read, or a file or directory that is skipped.</summary>
/// <param name="RelativePath">Its canonical path from the root; empty if the root itself is skipped.</param>
/// <param name="Type">What its name says; set for every file that is to be read.</param>
/// <param name="Skip">Why it is skipped; null: it is to be read. A skipped directory stands for everything in it.</param>
internal sealed record ScanEntry(string RelativePath, FileType? Type, SkipReason? Skip);

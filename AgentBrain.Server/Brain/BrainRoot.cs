namespace AgentBrain.Server.Brains;

/// <summary>A directory of the machine that a brain may read below. Nothing outside of it is ever opened.</summary>
/// <param name="Label">The name that stands for the root in paths shown to remote callers: the directory's last segment, made unique.</param>
/// <param name="Path">The absolute, symlink-free path of the directory, without a trailing separator.</param>
internal sealed record BrainRoot(string Label, string Path);

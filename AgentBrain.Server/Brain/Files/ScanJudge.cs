namespace AgentBrain.Server.Brains.Files;

/// <summary>Decides by name what becomes of a file or directory that a scan comes by.</summary>
/// <param name="folder">The folder that is scanned, from which the caller's patterns start.</param>
/// <param name="rules">What is wanted.</param>
internal sealed class ScanJudge(string folder, ScanRules rules)
{
    /// <summary>Judges one item. A directory that is not skipped is to be entered.</summary>
    /// <param name="path">Its path from the root.</param>
    /// <param name="item">The item.</param>
    /// <param name="frame">The directory it is in.</param>
    public ScanEntry Judge(string path, DirectoryItem item, ScanFrame frame)
    {
        // A name that is not UTF-8 cannot be asked for again.
        if (!RelativePath.IsCanonical(path) || item.Name.Contains('\ufffd', StringComparison.Ordinal))
            return new ScanEntry(path, null, SkipReason.Unreadable);
        return item.Kind switch
        {
            ItemKind.Symlink => new ScanEntry(path, null, SkipReason.Symlink),
            ItemKind.Other => new ScanEntry(path, null, SkipReason.NotRegular),
            ItemKind.Directory => new ScanEntry(path, null, JudgeDirectory(path, item, frame)),
            _ => JudgeFile(path, item.Name, frame.Ignores),
        };
    }

    /// <summary>Why a directory on the way to the folder, or the folder itself, is not to be entered even though it was asked for; null if it may be.</summary>
    /// <param name="path">Its path from the root.</param>
    /// <param name="name">Its name.</param>
    /// <param name="ignores">The <c>.gitignore</c> files of the directories above it.</param>
    public static SkipReason? RefusalOnTheWay(string path, string name, IgnoreChain? ignores) =>
        SecretNames.IsSecretDirectory(name) ? SkipReason.SecretName
        : BuiltInExcludes.IsHistory(name) ? SkipReason.Excluded
        : ignores?.IsIgnored(path, isDirectory: true) == true ? SkipReason.Gitignored
        : null;

    private SkipReason? JudgeDirectory(string path, DirectoryItem item, ScanFrame frame) =>
        SecretNames.IsSecretDirectory(item.Name) ? SkipReason.SecretName
        : rules.OtherFolders.Contains(path) ? SkipReason.OtherFolder
        : BuiltInExcludes.IsExcludedDirectory(item.Name, frame.Items) ? SkipReason.Excluded
        : rules.Exclude.IsMatch(InFolder(path), isDirectory: true) ? SkipReason.Excluded
        : frame.Ignores?.IsIgnored(path, isDirectory: true) == true ? SkipReason.Gitignored
        : null;

    private ScanEntry JudgeFile(string path, string name, IgnoreChain? ignores)
    {
        var type = FileTypes.Classify(name);
        SkipReason? skip = SecretNames.IsSecretFile(name) ? SkipReason.SecretName
            : BuiltInExcludes.IsExcludedFile(name) || rules.Exclude.IsMatch(InFolder(path)) ? SkipReason.Excluded
            : ignores?.IsIgnored(path, isDirectory: false) == true ? SkipReason.Gitignored
            : !rules.Include.IsEmpty && !rules.Include.IsMatch(InFolder(path)) ? SkipReason.NotIncluded
            : type is null ? SkipReason.UnknownType
            : type.IsCode && !rules.IncludeCode ? SkipReason.CodeNotRequested
            : null;
        return new ScanEntry(path, type, skip);
    }

    private string InFolder(string path) => folder.Length == 0 ? path : path[(folder.Length + 1)..];
}

namespace AgentBrain.Server.Brains.Files;

/// <summary>Walks a folder beneath an open root and says of everything in it whether it is to be read. It reads names only, and <c>.gitignore</c>.</summary>
/// <param name="root">The open root, which stays the caller's.</param>
internal sealed class FolderScanner(RootHandle root)
{
    /// <summary>Deepest directory, counted from the root. Beyond it a directory is skipped as <see cref="SkipReason.Unreadable"/>.</summary>
    public const int MaxDepth = 128;

    /// <summary>Walks the folder: names in ordinal order, a directory's content in the place of its name.</summary>
    /// <param name="relativeFolder">The folder's canonical path, empty for the root.</param>
    /// <param name="rules">What is wanted.</param>
    /// <param name="cancellationToken">Ends the walk with <see cref="OperationCanceledException"/>.</param>
    /// <returns>One entry per file and per skipped directory, found as it is enumerated. A folder that cannot be walked gives one entry, its own.</returns>
    public IEnumerable<ScanEntry> Scan(string relativeFolder, ScanRules rules, CancellationToken cancellationToken)
    {
        var judge = new ScanJudge(relativeFolder, rules);
        if (!TryEnterFolder(relativeFolder, rules, out var first, out var refusal))
        {
            yield return new ScanEntry(relativeFolder, null, refusal);
            yield break;
        }

        var found = 0;
        var open = new Stack<ScanFrame>();
        open.Push(first);
        while (open.TryPeek(out var frame))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!frame.MoveNext(out var item))
            {
                open.Pop();
                continue;
            }

            var path = RelativePath.Join(frame.Directory, item.Name);
            var entry = judge.Judge(path, item, frame);
            if (entry is { Skip: null } && item.IsDirectory)
            {
                if (TryEnter(path, frame.Ignores, rules, out var inner, out refusal))
                {
                    open.Push(inner);
                    continue;
                }

                entry = entry with { Skip = refusal };
            }
            else if (entry.Skip is null && ++found > rules.MaxFiles)
            {
                yield return entry with { Skip = SkipReason.TooManyFiles };
                yield break;
            }

            yield return entry;
        }
    }

    /// <summary>Judges one file as a scan of a folder around it would, from the root down: every <c>.gitignore</c> on the way, excludes, secret names, its type. It need not be there.</summary>
    /// <param name="relativePath">The file's path from the root.</param>
    /// <param name="folder">The folder that would be scanned: it and what is above it may have the name of build output, as they are asked for. Empty for the root.</param>
    /// <param name="rules">What is wanted.</param>
    /// <returns>The file's entry; its reason is that of the directory if a directory on the way is skipped. The file is not opened.</returns>
    public ScanEntry JudgeFile(string relativePath, string folder, ScanRules rules)
    {
        if (!RelativePath.IsCanonical(relativePath) || (folder.Length > 0 && !relativePath.StartsWith(folder + "/", StringComparison.Ordinal)))
            return new ScanEntry(relativePath, null, SkipReason.OutsideRoot);
        if (!TryEnterFolder(folder, rules, out var frame, out var refusal))
            return new ScanEntry(relativePath, null, refusal);
        var judge = new ScanJudge(folder, rules);
        var names = relativePath[(folder.Length == 0 ? 0 : folder.Length + 1)..].Split('/');
        for (var i = 0; ; i++)
        {
            // Only a name that the directory itself lists: where case does not matter, another spelling would get around the rules.
            var item = frame.Items.FirstOrDefault(item => item.Name == names[i]);
            if (item.Name is null)
                return new ScanEntry(relativePath, null, SkipReason.Changed);
            var entry = judge.Judge(RelativePath.Join(frame.Directory, item.Name), item, frame);
            var isLast = i == names.Length - 1;
            if (entry.Skip is null && item.IsDirectory == isLast)
                return new ScanEntry(relativePath, null, SkipReason.NotRegular);
            if (isLast || entry.Skip is not null)
                return new ScanEntry(relativePath, entry.Type, entry.Skip);
            if (!TryEnter(entry.RelativePath, frame.Ignores, rules, out frame, out refusal))
                return new ScanEntry(relativePath, null, refusal);
        }
    }

    // From the root down, because every .gitignore on the way may exclude the folder or say something of what is in it.
    private bool TryEnterFolder(string relativeFolder, ScanRules rules, out ScanFrame frame, out SkipReason refusal)
    {
        frame = null!;
        refusal = SkipReason.OutsideRoot;
        if (relativeFolder.Length > 0 && !RelativePath.IsCanonical(relativeFolder))
            return false;
        if (!TryEnter("", null, rules, out frame, out refusal))
            return false;
        foreach (var name in relativeFolder.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var path = RelativePath.Join(frame.Directory, name);
            if (ScanJudge.RefusalOnTheWay(path, name, frame.Ignores) is { } reason)
            {
                refusal = reason;
                return false;
            }

            if (!TryEnter(path, frame.Ignores, rules, out frame, out refusal))
                return false;
        }

        return true;
    }

    private bool TryEnter(string directory, IgnoreChain? ignores, ScanRules rules, out ScanFrame frame, out SkipReason refusal)
    {
        frame = null!;
        refusal = SkipReason.Unreadable;
        if (directory.AsSpan().Count('/') >= MaxDepth)
            return false;
        try
        {
            var items = root.List(directory);
            frame = new ScanFrame(directory, items, rules.RespectGitIgnore ? Extend(ignores, directory, items) : null);
            return true;
        }
        catch (FileRefusedException error)
        {
            // Counted under its reason: one directory that cannot be entered does not end the walk.
            refusal = error.Reason;
            return false;
        }
    }

    // A .gitignore that is there and cannot be honoured refuses its directory: what it would keep out must not get in.
    private IgnoreChain? Extend(IgnoreChain? ignores, string directory, IReadOnlyList<DirectoryItem> items)
    {
        // As in git, a .gitignore that is a link is none.
        if (!items.Contains(new DirectoryItem(GitIgnore.FileName, ItemKind.File)))
            return ignores;
        using var file = root.OpenFile(RelativePath.Join(directory, GitIgnore.FileName));
        var text = System.Text.Encoding.UTF8.GetString(file.ReadAllBytes(GitIgnore.MaxBytes));
        return new IgnoreChain(ignores, directory, GitIgnore.Parse(text));
    }
}

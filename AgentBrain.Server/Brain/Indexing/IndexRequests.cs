using AgentBrain.Server.Brains.Files;
using AgentBrain.Server.Brains.Jobs;

namespace AgentBrain.Server.Brains.Indexing;

/// <summary>Checks what a caller wants indexed and puts it in the queue. Everything is checked before a job exists.</summary>
/// <param name="paths">Reads the callers' paths.</param>
/// <param name="roots">Opens a root by its label.</param>
/// <param name="folders">The indexed folders.</param>
/// <param name="queue">The queue.</param>
/// <param name="limits">The brain's quotas.</param>
internal sealed class IndexRequests(
    BrainPaths paths,
    Func<string, RootHandle> roots,
    Func<IReadOnlyList<FolderRecord>> folders,
    JobQueue queue,
    BrainLimits limits)
{
    /// <summary>Asks for a folder to be brought up to date.</summary>
    /// <param name="folder">As the caller wrote it: absolute below a root, or <c>root/path</c>.</param>
    /// <param name="settings">How to index it.</param>
    /// <param name="force">True to do unchanged files anew.</param>
    /// <param name="owner">The caller's subject.</param>
    /// <exception cref="BrainException">Outside the roots, not there, not a folder, not readable, a symbolic link, a bad pattern, or the queue is full.</exception>
    public JobRecord Folder(string folder, FolderSettings settings, bool force, string owner) =>
        queue.Enqueue(new JobRequest { Kind = JobKind.Index, Targets = [Target(folder, settings)], Force = force }, owner);

    /// <summary>Asks for single files or folders to be brought up to date; a file goes to the innermost indexed folder around it.</summary>
    /// <exception cref="BrainException">As for a folder; the message names the first bad path.</exception>
    public JobRecord Paths(IReadOnlyList<string> given, bool force, string owner)
    {
        var known = folders();
        var targets = new List<JobTarget>();
        var files = new Dictionary<BrainPath, SortedSet<string>>();
        foreach (var text in given)
        {
            var path = paths.Resolve(text);
            if (IsFolder(path))
            {
                targets.Add(new JobTarget(path, known.FirstOrDefault(folder => folder.Path == path)?.Settings ?? new FolderSettings(), []));
                continue;
            }

            var indexed = known.Where(folder => folder.Path.Contains(path)).MaxBy(folder => folder.Path.Relative.Length)?.Path;
            RequireFile(path, indexed?.Relative ?? "");
            var owning = indexed ?? Parent(path);
            files.TryAdd(owning, new SortedSet<string>(StringComparer.Ordinal));
            files[owning].Add(path.Relative);
        }

        targets.AddRange(files.Select(group => new JobTarget(
            group.Key,
            known.FirstOrDefault(folder => folder.Path == group.Key)?.Settings ?? new FolderSettings(),
            [.. group.Value.Select(relative => new BrainPath(group.Key.Root, relative))])));
        return queue.Enqueue(new JobRequest { Kind = JobKind.Add, Targets = [.. targets], Force = force }, owner);
    }

    /// <summary>Asks for a folder to be indexed with metadata from a file.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="metadataFile">A JSON file below a root: one object of scalar values.</param>
    /// <param name="settings">How to index it.</param>
    /// <param name="force">True to do unchanged files anew.</param>
    /// <param name="dryRun">True to check and report only.</param>
    /// <param name="owner">The caller's subject.</param>
    public InjectionResult Inject(string folder, string metadataFile, FolderSettings settings, bool force, bool dryRun, string owner)
    {
        var target = Target(folder, settings);
        var file = paths.Resolve(metadataFile);
        using var root = roots(file.Root);
        var metadata = MetadataFile.Read(root, file);
        if (dryRun)
        {
            var keys = metadata.Keys.Count == 0 ? "no key" : string.Join(", ", metadata.Keys);
            return new InjectionResult(null, $"Dry run: {Counted.Of(CountFiles(target), "file")} of '{target.Folder}' would get {keys}. Nothing was changed.");
        }

        var request = new JobRequest { Kind = JobKind.Inject, Targets = [target], Force = force, Metadata = metadata.Json };
        return new InjectionResult(queue.Enqueue(request, owner), null);
    }

    private JobTarget Target(string folder, FolderSettings settings)
    {
        _ = GlobSet.Parse(settings.Include);
        _ = GlobSet.Parse(settings.Exclude);
        var path = paths.Resolve(folder);
        if (!IsFolder(path))
        {
            throw new BrainException(
                BrainFault.InvalidArgument,
                "not_a_folder",
                $"'{path}' is a file: give its folder, or use add_documents for single files.");
        }

        return new JobTarget(path, settings, []);
    }

    /// <summary>True for a folder that may be listed, false for what is not a folder; all else is refused.</summary>
    private bool IsFolder(BrainPath path)
    {
        using var root = OpenRoot(path);
        try
        {
            _ = root.DirectoryIdentity(path.Relative);
            _ = root.List(path.Relative);
            return true;
        }
        catch (FileRefusedException) when (IsFile(root, path))
        {
            return false;
        }
        catch (FileRefusedException e)
        {
            throw FolderRefusals.For(path, e.Reason);
        }
    }

    private static bool IsFile(RootHandle root, BrainPath path)
    {
        try
        {
            using var file = root.OpenFile(path.Relative);
            return true;
        }
        catch (FileRefusedException)
        {
            // Neither a folder nor a file that may be read: the first refusal, of the folder, is the one to report.
            return false;
        }
    }

    /// <summary>Refuses a file that a scan would leave out, or that cannot be opened. Patterns of its folder do not count: it was asked for by name.</summary>
    private void RequireFile(BrainPath path, string folder)
    {
        using var root = OpenRoot(path);
        if (new FolderScanner(root).JudgeFile(path.Relative, folder, new ScanRules()).Skip is { } skip)
        {
            throw skip == SkipReason.UnknownType
                ? new BrainException(
                    BrainFault.InvalidArgument,
                    "unknown_file_type",
                    $"'{path}' has no file type that can be indexed: list_file_types shows those that can.")
                : FolderRefusals.For(path, skip);
        }

        try
        {
            using var file = root.OpenFile(path.Relative);
        }
        catch (FileRefusedException e)
        {
            throw FolderRefusals.For(path, e.Reason);
        }
    }

    private RootHandle OpenRoot(BrainPath path)
    {
        try
        {
            return roots(path.Root);
        }
        catch (FileRefusedException e)
        {
            throw FolderRefusals.For(path, e.Reason);
        }
    }

    private int CountFiles(JobTarget target)
    {
        using var root = OpenRoot(target.Folder);
        var rules = new ScanRules
        {
            Include = GlobSet.Parse(target.Settings.Include),
            Exclude = GlobSet.Parse(target.Settings.Exclude),
            IncludeCode = target.Settings.IncludeCode,
            MaxFiles = limits.MaxFilesPerFolder,
        };
        return new FolderScanner(root).Scan(target.Folder.Relative, rules, CancellationToken.None).Count(entry => entry.Skip is null);
    }

    private static BrainPath Parent(BrainPath file) =>
        new(file.Root, file.Relative.LastIndexOf('/') is var slash and >= 0 ? file.Relative[..slash] : "");
}

/// <summary>What became of an injection.</summary>
/// <param name="Job">The job; null for a dry run.</param>
/// <param name="Report">What a dry run found, in one or two sentences.</param>
internal sealed record InjectionResult(JobRecord? Job, string? Report);

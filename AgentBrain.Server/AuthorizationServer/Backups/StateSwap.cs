using System.Text;

namespace AgentBrain.Server.AuthorizationServer.Backups;

/// <summary>
/// Puts a restored state in the place of another, in steps that each leave a directory from which the next start goes on. Until the
/// journal is there the old state is untouched; from then on the new one will be in place, whatever happens. The old one is kept
/// aside until that is so.
/// </summary>
/// <param name="dataDirectory">The data directory, whose lock is held.</param>
internal sealed class StateSwap(string dataDirectory)
{
    /// <summary>Where the new state is prepared.</summary>
    public const string NewFolder = "restore.new";

    private const string OldFolder = "restore.old";
    private const string JournalFile = "restore.journal";

    // First all of the old goes out, then all of the new comes in; so what is there is never a mixture that nobody can tell apart.
    private const string MovingOut = "moving-out";
    private const string MovingIn = "moving-in";

    /// <summary>Called before each step, for tests.</summary>
    internal Action<string>? BeforeStep { get; init; }

    /// <summary>Makes an empty place for a new state.</summary>
    public string Begin()
    {
        Finish();
        var folder = In(NewFolder);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        return folder;
    }

    /// <summary>Replaces the state by the prepared one, which is on the disk.</summary>
    public void Commit()
    {
        Note(MovingOut);
        Finish();
    }

    /// <summary>Finishes or forgets a swap that was interrupted. Called at each start before anything in the directory is opened.</summary>
    /// <returns>True when a restore was finished by this.</returns>
    public bool Finish()
    {
        var phase = File.Exists(In(JournalFile)) ? File.ReadAllText(In(JournalFile)) : null;
        if (phase == MovingOut)
        {
            Move(from: "", to: OldFolder);
            Note(MovingIn);
        }

        if (phase is not null)
        {
            Move(from: NewFolder, to: "");
            Step("forget journal");
            File.Delete(In(JournalFile));
            DirectorySync.Flush(dataDirectory);
        }

        Remove(OldFolder);
        Remove(NewFolder);
        File.Delete(In(JournalFile + ".new"));
        return phase is not null;
    }

    private void Move(string from, string to)
    {
        Directory.CreateDirectory(In(to));
        foreach (var name in StateFiles.TopLevel)
        {
            var (source, target) = (Path.Combine(In(from), name), Path.Combine(In(to), name));
            if (!File.Exists(source) && !Directory.Exists(source))
                continue;

            Step($"{(from.Length == 0 ? "out" : "in")} {name}");
            Directory.Move(source, target);
        }

        DirectorySync.Flush(In(to));
        DirectorySync.Flush(In(from));
    }

    private void Note(string phase)
    {
        Step("note " + phase);
        var next = In(JournalFile + ".new");
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            file.Write(Encoding.ASCII.GetBytes(phase));
            file.Flush(flushToDisk: true);
        }

        File.Move(next, In(JournalFile), overwrite: true);
        DirectorySync.Flush(dataDirectory);
    }

    private void Remove(string folder)
    {
        if (!Directory.Exists(In(folder)))
            return;

        Step("remove " + folder);
        Directory.Delete(In(folder), recursive: true);
    }

    private void Step(string what) => BeforeStep?.Invoke(what);

    private string In(string name) => Path.Combine(dataDirectory, name);
}

namespace AgentBrain.Server.Brains.Storage;

/// <summary>The roots that the index knows: a label, once given to a directory, stays that directory's.</summary>
internal static class RootsTable
{
    /// <summary>Labels by path.</summary>
    public static Dictionary<string, string> All(SqliteSession session)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        session.Visit(
            "SELECT path, label FROM roots",
            row => labels.TryAdd(row.Text(0), row.Text(1)) ? true : throw StorageFaults.Damaged());
        return labels;
    }

    /// <summary>Gives a directory its label.</summary>
    public static void Insert(SqliteSession session, string path, string label) =>
        session.Execute("INSERT INTO roots(path, label) VALUES($path, $label)", ("$path", path), ("$label", label));

    /// <summary>Takes a root and everything that came from below it out of every table.</summary>
    public static void Delete(SqliteSession session, string label)
    {
        foreach (var folder in FoldersTable.All(session).Where(folder => string.Equals(folder.Path.Root, label, StringComparison.Ordinal)))
        {
            FilesTable.DeleteFolder(session, folder.Id);
            FoldersTable.Delete(session, folder.Id);
            JobsTable.ForgetMetadata(session, folder.Path);
        }

        session.Execute("DELETE FROM roots WHERE label = $label", ("$label", label));
    }
}

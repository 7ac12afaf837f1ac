namespace AgentBrain.Server.Brains.Storage;

/// <summary>Remembers, in the transaction that removes something, that its traces are still to be wiped; a crash in between forgets nothing.</summary>
internal static class RemovalsTable
{
    /// <summary>Notes that there is something to wipe.</summary>
    public static void Owe(SqliteSession session) => session.Execute("INSERT OR IGNORE INTO removals(owed) VALUES(1)");

    /// <summary>True if there is something to wipe.</summary>
    public static bool IsOwed(SqliteSession session) => session.Scalar<long>("SELECT count(*) FROM removals") > 0;

    /// <summary>Notes that all is wiped.</summary>
    public static void Settle(SqliteSession session) => session.Execute("DELETE FROM removals");
}

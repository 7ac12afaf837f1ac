namespace AgentBrain.Server.Brains.Storage;

/// <summary>What came of wiping removed text. What is not wiped stays owed, and the next purge makes up for it.</summary>
internal enum PurgeOutcome
{
    /// <summary>Nothing is left to wipe.</summary>
    Clean,

    /// <summary>Searches that see an older state did not end in time.</summary>
    Busy,

    /// <summary>The disk has no room to rewrite the index.</summary>
    NoRoom,
}

namespace AgentBrain.Server.Brains;

/// <summary>What can be completed from the index.</summary>
internal enum CompletionKind
{
    /// <summary>Public ids of chunks.</summary>
    Chunk,

    /// <summary>Ids of jobs.</summary>
    Job,

    /// <summary>Names of symbols.</summary>
    Symbol,

    /// <summary>Indexed files as <c>root/path</c>.</summary>
    Path,
}

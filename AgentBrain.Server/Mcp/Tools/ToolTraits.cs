namespace AgentBrain.Server.Mcp.Tools;

/// <summary>What a client may assume of a tool before it asks its user. All four hints are always sent.</summary>
/// <param name="ReadOnly">It changes nothing.</param>
/// <param name="Destructive">It takes something away that cannot be had back by the same means.</param>
/// <param name="Idempotent">Calling it again with the same arguments leaves things as they are.</param>
/// <param name="OpenWorld">It deals with content that others wrote: what it returns, or brings in, is not to be trusted.</param>
internal sealed record ToolTraits(bool ReadOnly, bool Destructive, bool Idempotent, bool OpenWorld)
{
    /// <summary>Reads the server's own facts.</summary>
    public static readonly ToolTraits Reads = new(ReadOnly: true, Destructive: false, Idempotent: true, OpenWorld: false);

    /// <summary>Reads content that others wrote.</summary>
    public static readonly ToolTraits ReadsContent = Reads with { OpenWorld = true };

    /// <summary>Brings content in. A second call finds the files unchanged, or the same job.</summary>
    public static readonly ToolTraits Indexes = new(ReadOnly: false, Destructive: false, Idempotent: true, OpenWorld: true);

    /// <summary>Takes something away.</summary>
    public static readonly ToolTraits Destroys = new(ReadOnly: false, Destructive: true, Idempotent: true, OpenWorld: false);
}

namespace AgentBrain.Server.Mcp.Tools.Contracts;

/// <summary>An argument that other servers of this kind take and this one does not, with the reason it gives to who sends it.</summary>
/// <param name="name">The argument.</param>
/// <param name="because">The rest of the sentence that begins with the argument's name.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
internal sealed class RefusedArgumentAttribute(string name, string because) : Attribute
{
    /// <summary>The argument.</summary>
    public string Name { get; } = name;

    /// <summary>The rest of the sentence that begins with the argument's name.</summary>
    public string Because { get; } = because;

    /// <summary>True if false is taken: it asks for what this server does anyway, and clients of the others send it as the default.</summary>
    public bool TakesFalse { get; init; }
}

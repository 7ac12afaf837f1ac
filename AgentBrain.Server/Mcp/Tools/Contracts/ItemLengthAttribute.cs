namespace AgentBrain.Server.Mcp.Tools.Contracts;

/// <summary>The longest text in a list, if it is another than the longest path.</summary>
/// <param name="maximum">Characters, as JSON Schema counts them.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ItemLengthAttribute(int maximum) : Attribute
{
    /// <summary>Characters, as JSON Schema counts them.</summary>
    public int Maximum { get; } = maximum;
}

namespace AgentBrain.Server.Brains.Chunking;

/// <summary>Where text that is too long is cut by preference.</summary>
internal enum CutStyle
{
    /// <summary>Between paragraphs, else sentences, else lines, else words.</summary>
    Prose,

    /// <summary>Between lines, before the one indented least; a line that is too long for that, between words.</summary>
    Code,
}

namespace AgentBrain.Server.Brains;

/// <summary>An indexed file's content as it is on the disk now.</summary>
/// <param name="File">What the index knows of it.</param>
/// <param name="Text">Its text, or null if it is not text.</param>
/// <param name="Bytes">Its bytes.</param>
internal sealed record FileContent(IndexedFile File, string? Text, ReadOnlyMemory<byte> Bytes);

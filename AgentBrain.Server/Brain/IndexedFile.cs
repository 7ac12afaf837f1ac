using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Brains;

/// <summary>A file that the index holds now.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Sha256">The content that was indexed.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Format">How its text is obtained.</param>
/// <param name="Language">Its language id.</param>
internal sealed record IndexedFile(BrainPath Path, string Sha256, long Size, DocumentFormat Format, string Language);

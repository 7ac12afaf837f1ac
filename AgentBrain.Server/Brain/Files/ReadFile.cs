namespace AgentBrain.Server.Brains.Files;

/// <summary>A file that was read.</summary>
/// <param name="Bytes">All of its content.</param>
/// <param name="Text">The content as text; null for PDF.</param>
/// <param name="Sha256">The SHA-256 of the content, in lower-case hexadecimal.</param>
/// <param name="Identity">Its device and inode.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="LastWriteUtc">When it was last written, as of before it was read: a later write shows as a later time.</param>
internal sealed record ReadFile(
    ReadOnlyMemory<byte> Bytes,
    string? Text,
    string Sha256,
    FileIdentity Identity,
    long Length,
    DateTimeOffset LastWriteUtc);

/// <summary>A file or the reason there is none: exactly one of them is set.</summary>
/// <param name="File">The file.</param>
/// <param name="Skip">Why it is not to be indexed.</param>
internal sealed record ReadResult(ReadFile? File, SkipReason? Skip);

namespace AgentBrain.Server.Brains.Chunking;

/// <summary>Collects the sections of one code file from the offsets at which they start.</summary>
/// <param name="text">The file.</param>
/// <param name="targetLength">The length in characters up to which small neighbours are grouped.</param>
internal sealed class StructureSections(string text, int targetLength)
{
    private readonly List<ChunkSection> _sections = [];
    private ChunkSection _current = new(0, 0);

    /// <summary>Ends the section before <paramref name="offset"/> and starts the next.</summary>
    public void Start(int offset, string? name, string? kind)
    {
        Flush(offset);
        _current = new ChunkSection(offset, offset, SymbolName: name, SymbolKind: kind);
    }

    /// <summary>Ends the last section and returns all.</summary>
    public IReadOnlyList<ChunkSection> Finish()
    {
        Flush(text.Length);
        return _sections;
    }

    private void Flush(int end)
    {
        if (end <= _current.Start)
            return;

        var section = _current with { End = end };
        if (_sections.Count > 0 && Joins(_sections[^1], section) && end - _sections[^1].Start <= targetLength)
            _sections[^1] = Join(_sections[^1], end);
        else
            _sections.Add(section);
    }

    // Loose lines and entries are grouped; functions and types are not, so that each can be found by its name.
    private static bool Joins(in ChunkSection before, in ChunkSection section) =>
        (IsEntry(before) && IsEntry(section)) || (before.SymbolName is null && section.SymbolName is null);

    private static bool IsEntry(in ChunkSection section) => section.SymbolKind is "key" or "section" or "type" or "entries";

    private static ChunkSection Join(in ChunkSection before, int end) => IsEntry(before)
        ? before with { End = end, SymbolName = null, SymbolKind = "entries" }
        : before with { End = end };
}

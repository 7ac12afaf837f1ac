namespace AgentBrain.Server.Brains.Chunking;

/// <summary>
/// Turns the sections of one text into chunks: cuts those that are too long, repeats the overlap, trims white space at the ends
/// and numbers lines. Sections must be written in document order.
/// </summary>
/// <param name="text">The document.</param>
/// <param name="lines">Its lines.</param>
/// <param name="settings">Size and overlap; an overlap above half the size is cut to half, so that each chunk brings new text.</param>
internal sealed class ChunkWriter(string text, LineMap lines, ChunkSettings settings)
{
    private const int SmallestSize = 16;

    private readonly int _overlap = Math.Clamp(TokenEstimate.ToCharacters(settings.Overlap), 0, Target(settings) / 2);
    private readonly List<ChunkDraft> _chunks = [];

    /// <summary>The length in characters that chunks should have.</summary>
    public int TargetLength { get; } = Target(settings);

    /// <summary>The chunks written so far.</summary>
    public IReadOnlyList<ChunkDraft> Chunks => _chunks;

    /// <summary>Writes one section as one chunk, or as several when it is too long.</summary>
    /// <param name="section">The section.</param>
    /// <param name="style">Where to cut.</param>
    /// <param name="borders">Offsets in ascending order before which a cut is better than anything <paramref name="style"/> finds.</param>
    public void Write(in ChunkSection section, CutStyle style, ReadOnlySpan<int> borders = default)
    {
        var end = section.Start + text.AsSpan(section.Start, section.Length).TrimEnd().Length;
        if (end == section.Start)
            return;

        var covered = SkipWhite(section.Start, end);
        var start = WithIndentation(covered, section.Start);
        while (end - start > TargetLength + (TargetLength / 4))
        {
            var ceiling = start + TargetLength;
            var floor = Math.Max(start + (TargetLength / 4), covered + (TargetLength / 8));
            var cut = LastBorder(borders, floor, ceiling);
            if (cut < 0)
                cut = CutPoint.Find(text, floor, ceiling, style);
            Add(section, start, cut);

            covered = SkipWhite(cut, end);
            start = NextStart(start, cut, covered, style);
        }

        Add(section, start, end);
    }

    private static int Target(ChunkSettings settings) => TokenEstimate.ToCharacters(Math.Max(settings.Size, SmallestSize));

    private static int LastBorder(ReadOnlySpan<int> borders, int floor, int ceiling)
    {
        var index = borders.BinarySearch(ceiling);
        if (index < 0)
            index = ~index - 1;
        return index >= 0 && borders[index] > floor ? borders[index] : -1;
    }

    private int NextStart(int previous, int cut, int covered, CutStyle style)
    {
        var indented = WithIndentation(covered, cut);
        if (_overlap == 0)
            return indented;

        // White space between the pieces separates them; repeating across a wide gap would leave no room for new text.
        var start = CutPoint.OverlapStart(text, cut - Math.Min(_overlap, (cut - previous) / 2), cut, style);
        if (start >= cut || covered - start > _overlap + (TargetLength / 8))
            return indented;
        return SkipWhite(start, covered) is var first && first >= cut ? indented : WithIndentation(first, start);
    }

    private int SkipWhite(int start, int end)
    {
        while (start < end && char.IsWhiteSpace(text[start]))
            start++;
        return start;
    }

    // The first line keeps its indentation, within reason.
    private int WithIndentation(int first, int floor)
    {
        floor = Math.Max(floor, first - (TargetLength / 8));
        var start = first;
        while (start > floor && text[start - 1] is ' ' or '\t')
            start--;
        return start == 0 || text[start - 1] == '\n' ? start : first;
    }

    private void Add(in ChunkSection section, int start, int end)
    {
        var trimmed = text.AsSpan(start, end - start).TrimEnd();
        if (trimmed.IsEmpty)
            return;

        end = start + trimmed.Length;
        _chunks.Add(new ChunkDraft(
            start == 0 && end == text.Length ? text : trimmed.ToString(),
            lines.LineOf(start),
            lines.LineOf(end - 1),
            section.HeadingPath,
            section.SymbolName,
            section.SymbolKind));
    }
}

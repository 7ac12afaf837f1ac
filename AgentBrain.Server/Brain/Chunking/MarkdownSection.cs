namespace AgentBrain.Server.Brains.Chunking;

/// <summary>What stands below one heading, up to the next.</summary>
/// <param name="Start">Offset of the heading.</param>
/// <param name="End">Offset behind the section.</param>
/// <param name="Level">The heading's level from 1; 0 for what stands before the first.</param>
/// <param name="Path">The heading path.</param>
/// <param name="HasContent">False when the section is a heading and nothing else.</param>
internal readonly record struct MarkdownSection(int Start, int End, int Level, string? Path, bool HasContent)
{
    private int Length => End - Start;

    /// <summary>The section without what only Markdown knows.</summary>
    public ChunkSection ToChunkSection() => new(Start, End, string.IsNullOrEmpty(Path) ? null : Path);

    /// <summary>Joins tiny sections with those that follow them below the same parent, up to the target length in characters.</summary>
    public static IEnumerable<MarkdownSection> Merge(IReadOnlyList<MarkdownSection> sections, int targetLength)
    {
        var current = sections[0];
        for (var i = 1; i < sections.Count; i++)
        {
            var next = sections[i];
            if (current.IsOnlyHeadingAbove(next))
            {
                // The path of the first section that says something names the empty heading as well.
                current = next with { Start = current.Start };
            }
            else if (current.TakesIn(next, targetLength))
            {
                current = current with { End = next.End, HasContent = true };
            }
            else
            {
                yield return current;
                current = next;
            }
        }

        yield return current;
    }

    private bool IsOnlyHeadingAbove(in MarkdownSection next) => !HasContent && Level > 0 && next.Level > Level;

    // What stands before the first heading has no path, so what follows may not hide below it.
    private bool TakesIn(in MarkdownSection next, int targetLength) =>
        Level > 0 && next.Level >= Level && Length < targetLength / 4 && Length + next.Length <= targetLength;
}

using AgentBrain.Server.Brains.Chunking;

namespace AgentBrain.Server.Tests.Brains.Chunking;

/// <summary>What must hold of the chunks of any text.</summary>
internal static class ChunkAssert
{
    public static void Holds(string text, IReadOnlyList<ChunkDraft> chunks, ChunkSettings settings, string because)
    {
        var lineStarts = LineStarts(text);
        var covered = 0;
        var last = 0;
        foreach (var chunk in chunks)
        {
            Assert.True(chunk.Text.Length <= settings.Size * 4 * 5 / 4, $"{because}: {chunk.Text.Length} characters in a chunk of size {settings.Size}");
            Assert.True(chunk.Text.Length > 0 && !char.IsWhiteSpace(chunk.Text[^1]), $"{because}: a chunk is empty or not trimmed");
            Assert.True(chunk.StartLine >= last, $"{because}: line {chunk.StartLine} comes after {last}");
            Assert.InRange(chunk.EndLine, chunk.StartLine, lineStarts.Count);
            Assert.Equal(chunk.EndLine - chunk.StartLine, chunk.Text.AsSpan().Count('\n'));
            last = chunk.StartLine;
            covered = Cover(text, chunk, lineStarts, covered, because);
        }

        Assert.True(string.IsNullOrWhiteSpace(text[covered..]), $"{because}: nothing covers the text from offset {covered}");
    }

    // Finds the chunk on its start line where it leaves no text uncovered before it, and covers most.
    private static int Cover(string text, ChunkDraft chunk, List<int> lineStarts, int covered, string because)
    {
        var firstGap = covered;
        while (firstGap < text.Length && char.IsWhiteSpace(text[firstGap]))
            firstGap++;

        var lineStart = lineStarts[chunk.StartLine - 1];
        var lineEnd = chunk.StartLine < lineStarts.Count ? lineStarts[chunk.StartLine] : text.Length;
        var latest = Math.Min(firstGap, lineEnd);
        var length = Math.Min(latest + chunk.Text.Length, text.Length) - lineStart;
        Assert.True(length >= 0, $"{because}: the chunk at line {chunk.StartLine} leaves a gap at offset {firstGap}");
        var found = text.AsSpan(lineStart, length).LastIndexOf(chunk.Text);
        Assert.True(found >= 0, $"{because}: the chunk at line {chunk.StartLine} does not stand there without a gap before it (offset {firstGap}): «{chunk.Text}»");
        return Math.Max(covered, lineStart + found + chunk.Text.Length);
    }

    private static List<int> LineStarts(string text)
    {
        var starts = new List<int> { 0 };
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n')
                starts.Add(i + 1);
        }

        return starts;
    }
}

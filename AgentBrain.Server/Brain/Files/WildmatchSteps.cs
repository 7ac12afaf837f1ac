using System.Runtime.InteropServices;

namespace AgentBrain.Server.Brains.Files;

/// <summary>For every character, the places of a glob from which it leads on to the next one. Equal answers are kept once.</summary>
internal sealed class WildmatchSteps
{
    private const int TableSize = 128;

    private readonly int _words;
    // Where a run of characters with one answer starts, and where in the masks that answer is.
    private readonly char[] _runs;
    private readonly int[] _masksOfRuns;
    private readonly int[] _table = new int[TableSize];
    private readonly ulong[] _masks;

    /// <summary>Builds the answers.</summary>
    /// <param name="words">The length of an answer, in words of 64 places.</param>
    /// <param name="steps">Places, in ascending order, and what leads on from them.</param>
    public WildmatchSteps(int words, IReadOnlyList<(int Position, CharRange[] Characters)> steps)
    {
        _words = words;
        _runs = [.. Bounds(steps).Distinct().Order()];
        _masksOfRuns = new int[_runs.Length];
        var masks = new List<ulong>();
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        var mask = new ulong[words];
        // Every place with what it says changes at the bounds of its ranges only; between two bounds nothing does.
        var changes = steps
            .SelectMany(static step => step.Characters.SelectMany(range => new[] { ((int)range.First, step.Position), (range.Last + 1, step.Position) }))
            .ToLookup(static change => change.Item1, static change => change.Position);
        for (var run = 0; run < _runs.Length; run++)
        {
            foreach (var position in changes[_runs[run]])
                mask[position / 64] ^= 1UL << (position % 64);
            var key = new string(MemoryMarshal.Cast<ulong, char>(mask));
            if (!known.TryGetValue(key, out _masksOfRuns[run]))
            {
                known.Add(key, _masksOfRuns[run] = masks.Count);
                masks.AddRange(mask);
            }
        }

        _masks = [.. masks];
        for (var c = 0; c < TableSize; c++)
            _table[c] = Find((char)c);
    }

    /// <summary>The places that a character leads on from.</summary>
    public ReadOnlySpan<ulong> On(char c) => _masks.AsSpan(c < TableSize ? _table[c] : Find(c), _words);

    private static IEnumerable<char> Bounds(IReadOnlyList<(int Position, CharRange[] Characters)> steps)
    {
        yield return '\0';
        foreach (var range in steps.SelectMany(static step => step.Characters))
        {
            yield return range.First;
            if (range.Last < char.MaxValue)
                yield return (char)(range.Last + 1);
        }
    }

    private int Find(char c)
    {
        var run = Array.BinarySearch(_runs, c);
        return _masksOfRuns[run >= 0 ? run : ~run - 1];
    }
}

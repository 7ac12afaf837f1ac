using System.Buffers;

namespace AgentBrain.Server.Brains.Search;

/// <summary>Collects terms as one text, each followed by a space, in borrowed memory.</summary>
/// <param name="capacity">Characters to begin with.</param>
internal sealed class TermBuffer(int capacity) : ITermSink, IDisposable
{
    private char[] _characters = ArrayPool<char>.Shared.Rent(capacity);
    private int _length;

    /// <inheritdoc />
    public void Add(ReadOnlySpan<char> term, bool isPart)
    {
        if (_length + term.Length + 1 > _characters.Length)
        {
            Grow(term.Length + 1);
        }

        term.CopyTo(_characters.AsSpan(_length));
        _length += term.Length;
        _characters[_length++] = ' ';
    }

    /// <inheritdoc />
    public override string ToString() => new(_characters, 0, _length);

    /// <inheritdoc />
    public void Dispose() => ArrayPool<char>.Shared.Return(_characters);

    private void Grow(int by)
    {
        var larger = ArrayPool<char>.Shared.Rent((_length + by) * 2);
        _characters.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<char>.Shared.Return(_characters);
        _characters = larger;
    }
}

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>
/// Wrong codes for the setup link, counted by where they came from. Nobody guesses 256 bits, so the count protects no secret: it spares
/// work, and tells the owner. Hence it is in memory, concerns nobody else, and is of the newest link alone.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class SetupGuesses(TimeProvider time)
{
    /// <summary>Wrong codes after which no further one from the same place is judged.</summary>
    public const int MaxAttempts = 5;

    private const int Capacity = 4096;

    // What is told to the owner must not be a way to fill the disk.
    private const int NotesAtOnce = 20;
    private readonly TokenBuckets _notes = new(time, NotesAtOnce, TimeSpan.FromMinutes(1), capacity: 1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _wrong = new(StringComparer.Ordinal);
    private string? _link;

    /// <summary>May a code from there be judged?</summary>
    /// <param name="linkDigest">The newest link's digest.</param>
    /// <param name="addressPrefix">Where the code came from.</param>
    public bool MayTry(string linkDigest, string addressPrefix)
    {
        lock (_gate)
        {
            Follow(linkDigest);
            return _wrong.GetValueOrDefault(addressPrefix) < MaxAttempts;
        }
    }

    /// <summary>Counts a wrong one.</summary>
    /// <returns>Is the owner to be told? Not of each when there are many.</returns>
    public bool Count(string linkDigest, string addressPrefix)
    {
        lock (_gate)
        {
            Follow(linkDigest);

            // When all places are taken newcomers are not counted, rather than all together: the owner may be one of them.
            if (_wrong.Count < Capacity || _wrong.ContainsKey(addressPrefix))
                _wrong[addressPrefix] = _wrong.GetValueOrDefault(addressPrefix) + 1;
        }

        return _notes.TryTake("", out _);
    }

    private void Follow(string linkDigest)
    {
        if (_link == linkDigest)
            return;

        _link = linkDigest;
        _wrong.Clear();
    }
}

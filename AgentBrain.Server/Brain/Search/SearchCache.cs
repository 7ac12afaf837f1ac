namespace AgentBrain.Server.Brains.Search;

/// <summary>The most recent answers, as long as the index has not changed since. Bounded in answers and in text; safe for several threads.</summary>
/// <param name="capacity">The most answers kept.</param>
/// <param name="maxCharacters">The most text kept, in characters.</param>
internal sealed class SearchCache(int capacity = 256, long maxCharacters = 4_000_000)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, SearchResponse Response)>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Key, SearchResponse Response)> _recent = new();
    private long _generation;
    private long _hits;
    private long _misses;
    private long _characters;

    /// <summary>Answers served from here, answers that had to be computed, and answers held.</summary>
    public (long Hits, long Misses, int Entries) Measure()
    {
        lock (_lock)
        {
            return (_hits, _misses, _entries.Count);
        }
    }

    /// <summary>The answer for this generation of the index, or null.</summary>
    public SearchResponse? Find(long generation, string key)
    {
        lock (_lock)
        {
            if (generation == _generation && _entries.TryGetValue(key, out var node))
            {
                _recent.Remove(node);
                _recent.AddFirst(node);
                _hits++;
                return node.Value.Response;
            }

            _misses++;
            return null;
        }
    }

    /// <summary>Keeps an answer; a newer generation drops all of the older ones.</summary>
    public void Store(long generation, string key, SearchResponse response)
    {
        lock (_lock)
        {
            if (generation < _generation)
            {
                return;
            }

            if (generation > _generation)
            {
                _generation = generation;
                Forget();
            }

            if (_entries.ContainsKey(key) || Measure(response) > maxCharacters / 4)
            {
                return;
            }

            _entries.Add(key, _recent.AddFirst((key, response)));
            _characters += Measure(response);
            while (_entries.Count > capacity || _characters > maxCharacters)
            {
                var oldest = _recent.Last!.Value;
                _entries.Remove(oldest.Key);
                _recent.RemoveLast();
                _characters -= Measure(oldest.Response);
            }
        }
    }

    /// <summary>Empties the cache and its counters; returns how many answers it held.</summary>
    public int Clear()
    {
        lock (_lock)
        {
            var count = _entries.Count;
            Forget();
            (_hits, _misses) = (0, 0);
            return count;
        }
    }

    private static long Measure(SearchResponse response) => response.Hits.Sum(hit => (long)hit.Chunk.Text.Length);

    private void Forget()
    {
        _entries.Clear();
        _recent.Clear();
        _characters = 0;
    }
}

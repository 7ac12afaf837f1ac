using System.Diagnostics.CodeAnalysis;

namespace AgentBrain.OAuth.Dpop;

/// <summary>
/// Keys whose proofs were accepted, so that the next proof of the same key costs one verification and no import. Only accepted proofs
/// put keys in, so it is not for strangers to decide what is in it. The key that was not used for longest goes first.
/// </summary>
internal sealed class ProofKeyCache(int capacity) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Thumbprint, string Algorithm), LinkedListNode<ProofKey>> _keys = [];
    private readonly LinkedList<ProofKey> _byUse = [];

    /// <summary>How many keys are kept.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _keys.Count;
        }
    }

    /// <summary>Finds a key. It may be disposed at any time after, which its verification tells.</summary>
    public bool TryFind(string thumbprint, string algorithm, [NotNullWhen(true)] out ProofKey? key)
    {
        lock (_gate)
        {
            if (!_keys.TryGetValue((thumbprint, algorithm), out var node))
            {
                key = null;
                return false;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            key = node.Value;
            return true;
        }
    }

    /// <summary>Keeps a key, which is the cache's from now on.</summary>
    public void Keep(ProofKey key)
    {
        ProofKey? gone;
        lock (_gate)
        {
            if (_keys.TryGetValue((key.Thumbprint, key.Algorithm), out var known))
            {
                gone = ReferenceEquals(known.Value, key) ? null : key;
            }
            else
            {
                gone = _keys.Count < capacity ? null : RemoveOldest();
                _keys.Add((key.Thumbprint, key.Algorithm), _byUse.AddFirst(key));
            }
        }

        gone?.Dispose();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var key in _byUse)
                key.Dispose();

            _byUse.Clear();
            _keys.Clear();
        }
    }

    private ProofKey? RemoveOldest()
    {
        if (_byUse.Last is not { } node)
            return null;

        _byUse.RemoveLast();
        _keys.Remove((node.Value.Thumbprint, node.Value.Algorithm));
        return node.Value;
    }
}

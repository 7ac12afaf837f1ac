using System.Collections.Frozen;
using System.Collections.Immutable;
using AgentBrain.Server.Brains.Storage;

namespace AgentBrain.Server.Brains;

/// <summary>The brains of this server by name. A brain whose database cannot be opened refuses every call by name; the others go on.</summary>
internal sealed class BrainCatalog : IDisposable
{
    private readonly FrozenDictionary<string, BrainEntry> _brains;

    private BrainCatalog(FrozenDictionary<string, BrainEntry> brains) => _brains = brains;

    /// <summary>All brains, open or not.</summary>
    public ImmutableArray<BrainEntry> All => _brains.Values;

    /// <summary>The brains that are open.</summary>
    public ImmutableArray<OpenBrain> Open => [.. _brains.Values.Select(entry => entry.Brain).OfType<OpenBrain>()];

    /// <summary>The brains that could not be opened, and why.</summary>
    public ImmutableArray<BrainException> Failures => [.. _brains.Values.Select(entry => entry.Failure).OfType<BrainException>()];

    /// <summary>Opens the databases of all brains, below the data directory.</summary>
    /// <param name="definitions">The configured brains; their names differ.</param>
    /// <param name="environment">What they have in common.</param>
    /// <param name="maxIndexBytes">The largest size of one database file; 0 for no limit but the disk's.</param>
    public static BrainCatalog Start(IEnumerable<BrainDefinition> definitions, BrainEnvironment environment, long maxIndexBytes)
    {
        var directories = BrainDirectories.Load(environment.DataDirectory);
        return new BrainCatalog(definitions.ToFrozenDictionary(
            definition => definition.Name,
            definition => OpenOne(definition, directories.Of(definition.Name), environment, maxIndexBytes),
            StringComparer.Ordinal));
    }

    /// <summary>The brain of a name, open or not.</summary>
    /// <exception cref="BrainException">There is none (<c>brain_not_found</c>).</exception>
    public BrainEntry Find(string name) => _brains.TryGetValue(name, out var entry)
        ? entry
        : throw new BrainException(BrainFault.NotFound, "brain_not_found", "This server has no brain of that name.");

    /// <summary>The open brain of a name.</summary>
    /// <exception cref="BrainException">There is none, or it could not be opened.</exception>
    public OpenBrain Get(string name) => Find(name).Require();

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var brain in Open)
        {
            brain.Dispose();
        }
    }

    private static BrainEntry OpenOne(BrainDefinition definition, string directory, BrainEnvironment environment, long maxIndexBytes)
    {
        BrainDatabase? database = null;
        try
        {
            database = BrainDatabase.Open(Path.Combine(directory, "index.db"), maxIndexBytes);
            var labelled = RootLabels.Reconcile(database, definition, environment.Logger);
            return BrainEntry.Of(new OpenBrain(labelled, database, environment));
        }
        catch (BrainException e)
        {
            database?.Dispose();
            return new BrainEntry(definition, null, e);
        }
    }
}

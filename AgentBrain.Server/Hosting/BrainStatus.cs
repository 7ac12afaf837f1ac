using System.Collections.Immutable;
using AgentBrain.Server.AuthorizationServer.OwnerConsole;
using AgentBrain.Server.Brains;

namespace AgentBrain.Server.Hosting;

/// <summary>Tells the owner's console how the brains are. A failing store is what it reports, not an error of the page.</summary>
/// <param name="catalog">The brains of this server.</param>
internal sealed class BrainStatus(BrainCatalog catalog) : IBrainStatus
{
    /// <inheritdoc/>
    public ImmutableArray<BrainLine> Read() => [.. catalog.All.OrderBy(static entry => entry.Definition.Name, StringComparer.Ordinal).Select(Line)];

    private static BrainLine Line(BrainEntry entry)
    {
        var name = entry.Definition.Name;
        try
        {
            var brain = entry.Require();
            var (counts, folders) = (brain.Count(), brain.Folders());
            return new BrainLine(name, folders.Count, counts.Documents, counts.Chunks, folders.Max(static folder => folder.LastIndexed), brain.Jobs.Active().Count, null);
        }
        catch (BrainException e)
        {
            return new BrainLine(name, 0, 0, 0, null, 0, e.Message);
        }
    }
}

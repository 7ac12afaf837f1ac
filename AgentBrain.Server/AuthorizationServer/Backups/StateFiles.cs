using System.Collections.Immutable;
using AgentBrain.Server.AuthorizationServer.State;

namespace AgentBrain.Server.AuthorizationServer.Backups;

/// <summary>What in a data directory is state: the database of the authorization server, the brains, and the owner's mark.</summary>
internal static class StateFiles
{
    /// <summary>The folder of the brains.</summary>
    public const string Brains = "brains";

    /// <summary>The file that says which folder belongs to which brain.</summary>
    public const string BrainNames = Brains + "/brains.json";

    private const string Index = "index.db";
    private const int BrainIdLength = 16;

    /// <summary>Everything that a restore replaces, as it stands directly in the data directory.</summary>
    public static ImmutableArray<string> TopLevel { get; } =
    [
        AuthorizationServerServices.DatabaseFile, AuthorizationServerServices.DatabaseFile + "-wal", AuthorizationServerServices.DatabaseFile + "-shm",
        Brains, OwnerMarker.FileName,
    ];

    /// <summary>The databases of a data directory, as paths in it with slashes.</summary>
    public static IEnumerable<string> Databases(string dataDirectory)
    {
        yield return AuthorizationServerServices.DatabaseFile;
        var brains = Path.Combine(dataDirectory, Brains);
        if (!Directory.Exists(brains))
            yield break;

        foreach (var folder in Directory.EnumerateDirectories(brains).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal))
        {
            if (IsBrainId(folder) && File.Exists(Path.Combine(brains, folder, Index)))
                yield return $"{Brains}/{folder}/{Index}";
        }
    }

    /// <summary>May an archive hold an entry of this name? No other is written anywhere.</summary>
    public static bool IsForeseen(string name) => name is AuthorizationServerServices.DatabaseFile or BrainNames
        || (name.Split('/') is [Brains, var id, Index] && IsBrainId(id));

    private static bool IsBrainId(string text) => text.Length == BrainIdLength && text.All(char.IsAsciiHexDigitLower);
}

using System.Security.Cryptography;
using System.Text.Json;

namespace AgentBrain.Server.Brains;

/// <summary>
/// Where each brain's files are: a directory under a random id, so that a name never becomes part of a path and a brain that is renamed
/// or made anew cannot inherit another's files.
/// </summary>
internal sealed class BrainDirectories
{
    private readonly string _base;
    private readonly string _file;
    private readonly SortedDictionary<string, string> _ids;

    private BrainDirectories(string baseDirectory, string file, SortedDictionary<string, string> ids) => (_base, _file, _ids) = (baseDirectory, file, ids);

    /// <summary>Reads the names' file, or begins one.</summary>
    /// <exception cref="BrainException">The file is damaged (<c>brains_file_corrupt</c>).</exception>
    public static BrainDirectories Load(string dataDirectory)
    {
        var directory = Path.Combine(dataDirectory, "brains");
        Directory.CreateDirectory(directory);
        var file = Path.Combine(directory, "brains.json");
        return new BrainDirectories(directory, file, File.Exists(file) ? Read(file) : new SortedDictionary<string, string>(StringComparer.Ordinal));
    }

    /// <summary>The directory of a brain; it exists.</summary>
    public string Of(string name)
    {
        if (!_ids.TryGetValue(name, out var id))
        {
            id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
            _ids.Add(name, id);
            Save();
        }

        return Directory.CreateDirectory(Path.Combine(_base, id)).FullName;
    }

    private static SortedDictionary<string, string> Read(string file)
    {
        try
        {
            var ids = JsonSerializer.Deserialize(File.ReadAllText(file), BrainJson.Default.SortedDictionaryStringString);
            if (ids is not null && ids.Values.All(id => id.Length == 16 && id.All(char.IsAsciiHexDigitLower)))
            {
                return ids;
            }
        }
        catch (JsonException)
        {
            // Refused below, like a file with other content.
        }

        throw new BrainException(
            BrainFault.Storage,
            "brains_file_corrupt",
            $"The file {file} is damaged: restore it from a backup, or move the directory around it away to start with empty brains.");
    }

    private void Save()
    {
        var next = _file + ".new";
        File.WriteAllText(next, JsonSerializer.Serialize(_ids, BrainJson.Default.SortedDictionaryStringString));
        File.Move(next, _file, overwrite: true);
    }
}

using System.Collections.Frozen;
using AgentBrain.Server.Brains.Files;
using AgentBrain.Server.Brains.Storage;

namespace AgentBrain.Server.Brains.Search;

/// <summary>Which of the matching chunks count. It is applied before the cut, so that a filtered search still gives as many results as asked.</summary>
internal sealed class SearchFilter
{
    /// <summary>Most path patterns: unlike those of a folder, they come with every search and are tried on every file that is found.</summary>
    public const int MaxPathPatterns = 20;

    private readonly FrozenSet<string> _sourceTypes;
    private readonly FrozenSet<string> _languages;
    private readonly GlobSet? _paths;
    private readonly Dictionary<BrainPath, bool> _decided = [];

    private SearchFilter(SearchRequest request, GlobSet? paths)
    {
        _sourceTypes = request.SourceTypes.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        _languages = request.Languages.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        _paths = paths;
    }

    /// <summary>True if every chunk counts.</summary>
    public bool IsEmpty => _sourceTypes.Count == 0 && _languages.Count == 0 && _paths is null;

    /// <summary>The filter of a request.</summary>
    /// <exception cref="BrainException">A path pattern is malformed, or there are too many.</exception>
    public static SearchFilter For(SearchRequest request) =>
        new(request, request.FilePaths.IsEmpty ? null : GlobSet.Parse(request.FilePaths, MaxPathPatterns));

    /// <summary>True if the chunk counts.</summary>
    public bool Accepts(ChunkMatch match)
    {
        if (!_decided.TryGetValue(match.File, out var accepted))
        {
            accepted = (_sourceTypes.Count == 0 || _sourceTypes.Contains(match.SourceType))
                && (_languages.Count == 0 || _languages.Contains(match.Language))
                && (_paths is null || _paths.IsMatch(match.File.Relative) || _paths.IsMatch(match.File.Display));
            _decided.Add(match.File, accepted);
        }

        return accepted;
    }
}

using System.Collections.Immutable;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Files;
using AgentBrain.Server.Brains.Indexing;
using AgentBrain.Server.Mcp.Tools.Contracts;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary>The folder settings that calls may give.</summary>
internal static class FolderArguments
{
    /// <summary>The settings of a call; what it leaves out is the default.</summary>
    /// <exception cref="ToolRefusedException">The overlap is not smaller than the size, or a pattern is none.</exception>
    public static FolderSettings Settings(IFolderArguments arguments)
    {
        var defaults = new FolderSettings();
        var settings = new FolderSettings
        {
            IncludeCode = arguments.IncludeCode,
            ChunkSize = arguments.ChunkSize ?? defaults.ChunkSize,
            ChunkOverlap = arguments.ChunkOverlap ?? defaults.ChunkOverlap,
            Include = Patterns("include_patterns", arguments.IncludePatterns),
            Exclude = Patterns("exclude_patterns", arguments.ExcludePatterns),
        };
        return settings.ChunkOverlap < settings.ChunkSize
            ? settings
            : throw ToolRefusedException.Argument(
                "out_of_range",
                "chunk_overlap",
                $"chunk_overlap must be smaller than chunk_size; {settings.ChunkOverlap} and {settings.ChunkSize} were given.");
    }

    /// <summary>The patterns of one argument. The brain reads them again; here the refusal can say which argument has the bad one.</summary>
    private static ImmutableArray<string> Patterns(string argument, ImmutableArray<string>? given)
    {
        try
        {
            _ = GlobSet.Parse(given);
            return given ?? [];
        }
        catch (BrainException refusal)
        {
            throw ToolRefusedException.Argument(refusal.Reason, argument, $"{argument}: {Given.OneLine(refusal.Message, 240)}");
        }
    }
}

using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentBrain.Server.Brains.Files;
using AgentBrain.Server.Brains.Indexing;

namespace AgentBrain.Server.Brains.Jobs;

/// <summary>What a job is asked to do.</summary>
internal sealed record JobRequest
{
    /// <summary>Which tool asked: index, add or inject.</summary>
    public required JobKind Kind { get; init; }

    /// <summary>The folders to bring up to date, in order.</summary>
    public required ImmutableArray<JobTarget> Targets { get; init; }

    /// <summary>True to do files anew whose content has not changed.</summary>
    public bool Force { get; init; }

    /// <summary>Scalar values merged into the metadata of every chunk of the folders; JSON object text. Null leaves what is there.</summary>
    public string? Metadata { get; init; }

    /// <summary>False for what no caller can ask for, which a stored request may be if its file is damaged.</summary>
    [JsonIgnore]
    public bool IsPossible => Enum.IsDefined(Kind) && !Targets.IsDefault && Targets.All(target => target is { IsPossible: true });

    /// <summary>Equal requests have equal keys: a request that already waits or runs is not queued again.</summary>
    public string DedupeKey() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this, BrainJson.Default.JobRequest))));
}

/// <summary>The tool that asked for a job.</summary>
internal enum JobKind
{
    /// <summary><c>index_folder</c>.</summary>
    Index,

    /// <summary><c>add_documents</c>.</summary>
    Add,

    /// <summary><c>inject_documents</c>.</summary>
    Inject,
}

/// <summary>One folder of a job.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Settings">How to index it.</param>
/// <param name="Only">If not empty, the only files to look at; the rest of the folder stays as it is.</param>
internal sealed record JobTarget(BrainPath Folder, FolderSettings Settings, ImmutableArray<BrainPath> Only)
{
    /// <inheritdoc cref="JobRequest.IsPossible"/>
    [JsonIgnore]
    public bool IsPossible => IsPath(Folder) && Settings is { IsPossible: true } && !Only.IsDefault && Only.All(IsPath);

    private static bool IsPath(BrainPath path) =>
        path is { Root: not null, Relative: { } relative } && (relative.Length == 0 || RelativePath.IsCanonical(relative, windowsRules: false));
}

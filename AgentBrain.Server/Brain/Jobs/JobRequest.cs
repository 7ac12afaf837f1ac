using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
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
internal sealed record JobTarget(BrainPath Folder, FolderSettings Settings, ImmutableArray<BrainPath> Only);

namespace AgentBrain.Server.Brains.Indexing;

/// <summary>How the files of a job's target are done.</summary>
/// <param name="Settings">The folder's settings.</param>
/// <param name="Force">True to do unchanged files anew.</param>
/// <param name="JobId">The job; a forced job that resumes leaves alone what it did before it was interrupted.</param>
internal sealed record PreparationPlan(FolderSettings Settings, bool Force, string JobId)
{
    /// <summary>True if the index has the file as this job would make it.</summary>
    public bool IsCurrent(ManifestEntry existing, string sha256) =>
        string.Equals(existing.Sha256, sha256, StringComparison.Ordinal)
        && string.Equals(existing.ChunkingKey, Settings.ChunkingKey, StringComparison.Ordinal)
        && (!Force || string.Equals(existing.JobId, JobId, StringComparison.Ordinal));
}

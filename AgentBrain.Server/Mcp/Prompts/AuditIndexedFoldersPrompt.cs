namespace AgentBrain.Server.Mcp.Prompts;

/// <summary><c>audit-indexed-folders</c>.</summary>
internal sealed class AuditIndexedFoldersPrompt() : BrainPrompt(Definition)
{
    private static readonly PromptDefinition Definition = new(
        "audit-indexed-folders",
        "Audit the indexed folders",
        "Checks what is indexed, how fresh it is, and what was left out.",
        []);

    /// <inheritdoc />
    protected override string Write(IReadOnlyDictionary<string, string> arguments) =>
        """
        Check the health of the index.

        1. Call server_health(), query_count(), cache_status() and list_folders().
        2. Call list_jobs(limit=50), and get_job with the job_id of the last job of each folder, for what was left out ('counts.skipped' by reason) and why jobs failed.
        3. Report by folder: files, chunks, last_indexed, what was left out. Point out folders without content, folders not indexed for more than a week, failed jobs, and reasons that deserve a look (secret_content, extraction_failed, unreadable, too_large).
        4. Propose what to do: index_folder for what is stale, with force=true only where unchanged files must be done anew; remove_folder for what is gone. Ask me before you do any of it.
        """;
}

using System.Text.Json;

namespace AgentBrain.IntegrationTests.Clients;

/// <summary>What a client saw of the server while it indexed and searched the project zod.</summary>
internal sealed record ClientReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public required string Protocol { get; init; }

    public bool? HasSession { get; init; }

    public string? SubscriptionEnded { get; init; }

    public required string Server { get; init; }

    public required IReadOnlyList<ReportedTool> Tools { get; init; }

    public required string JobId { get; init; }

    public required string JobStatus { get; init; }

    public required IReadOnlyList<double> Progress { get; init; }

    public required string Watched { get; init; }

    public required IReadOnlyList<string> Updates { get; init; }

    public required IReadOnlyList<string> Phrase { get; init; }

    public required IReadOnlyList<string> WholeIdentifier { get; init; }

    public required IReadOnlyList<string> SplitIdentifier { get; init; }

    public required string ChunkOfHit { get; init; }

    public required string StatusResource { get; init; }

    public required string JobResource { get; init; }

    public required string ChunkResource { get; init; }

    public required string FileResource { get; init; }

    public required string Prompt { get; init; }

    public required IReadOnlyList<string> Completion { get; init; }

    public required bool RefusedIsError { get; init; }

    public required string Refusal { get; init; }

    public static ClientReport Parse(string json) => JsonSerializer.Deserialize<ClientReport>(json, Json)!;

    /// <summary>Everything that is the same whichever client asks.</summary>
    public void AssertComplete()
    {
        Assert.Equal("agent-brain", Server);
        Assert.Equal(17, Tools.Count);
        Assert.Equal(17, Tools.Select(tool => tool.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.All(Tools, tool => Assert.True(tool is { Hints: 4, HasOutputSchema: true }, $"{tool}"));
        AssertJob();
        AssertSearches();
        AssertResources();
        Assert.Contains("safeParse", Prompt, StringComparison.Ordinal);
        Assert.Equal(["typescript"], Completion);
        Assert.True(RefusedIsError);
        Assert.Equal("top_k must be between 1 and 100; 0 was given.", Refusal);
    }

    private void AssertJob()
    {
        Assert.Equal("completed", JobStatus);
        Assert.NotEmpty(Progress);
        Assert.Equal(Progress.Order().Distinct(), Progress);
        Assert.Equal(1, Progress[^1]);
        Assert.NotEmpty(Updates);
        Assert.All(Updates, uri => Assert.Equal(Watched, uri));
    }

    private void AssertSearches()
    {
        Assert.Contains(Phrase.Take(3), source => Slashes(source).EndsWith("v4/classic/iso.ts", StringComparison.Ordinal));
        Assert.Contains("datetime", ChunkOfHit, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(WholeIdentifier.Take(3), source => Slashes(source).EndsWith("v4/classic/schemas.ts", StringComparison.Ordinal));
        Assert.Contains(SplitIdentifier.Take(3), source => Slashes(source).EndsWith("v4/classic/iso.ts", StringComparison.Ordinal));
    }

    private void AssertResources()
    {
        var status = JsonElement.Parse(StatusResource);
        Assert.Equal("idle", status.GetProperty("status").GetString());
        Assert.InRange(status.GetProperty("total_documents").GetInt32(), 300, 400);
        var job = JsonElement.Parse(JobResource);
        Assert.Equal(JobId, job.GetProperty("job_id").GetString());
        Assert.Equal("completed", job.GetProperty("status").GetString());
        Assert.Equal(ChunkOfHit, JsonElement.Parse(ChunkResource).GetProperty("content").GetString());
        Assert.Contains(ChunkOfHit, FileResource, StringComparison.Ordinal);
    }

    private static string Slashes(string path) => path.Replace('\\', '/');
}

/// <summary>One tool of the list.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Hints">How many of the four hints are set.</param>
/// <param name="HasOutputSchema">Whether it says what it answers.</param>
internal sealed record ReportedTool(string Name, int Hints, bool HasOutputSchema);

using System.Text.Json.Nodes;
using AgentBrain.Server.Mcp;

namespace AgentBrain.Server.Tests.Mcp.Resources;

public sealed class ResourceTests : IDisposable
{
    private readonly SeededBrain _brain = new();

    public void Dispose() => _brain.Dispose();

    [Fact]
    public async Task The_lists_hold_what_was_promised_and_are_private()
    {
        await using var client = new WireClient(_brain);

        var resources = (await client.AskAsync("resources/list"))["result"]!;
        var templates = (await client.AskAsync("resources/templates/list"))["result"]!;

        Assert.Equal(
            ["corpus://config", "corpus://status", "corpus://health", "corpus://providers", "corpus://folders"],
            resources["resources"]!.AsArray().Select(entry => entry!["uri"]!.GetValue<string>()));
        Assert.All(resources["resources"]!.AsArray(), entry => Assert.Equal("application/json", entry!["mimeType"]!.GetValue<string>()));
        Assert.Equal(
            ["chunk://{chunk_id}", "graph-entity://{type}/{id}", "job://{job_id}", "file://{+path}"],
            templates["resourceTemplates"]!.AsArray().Select(entry => entry!["uriTemplate"]!.GetValue<string>()));
        Assert.Equal("private", resources["cacheScope"]!.GetValue<string>());
        Assert.Equal(300_000, resources["ttlMs"]!.GetValue<long>());
        Assert.Equal("private", templates["cacheScope"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_read_is_private_and_stale_at_once_and_marked_as_data()
    {
        await using var client = new WireClient(_brain);

        var result = (await client.ReadResourceAsync("corpus://status"))["result"]!;

        Assert.Equal("private", result["cacheScope"]!.GetValue<string>());
        Assert.Equal(0, result["ttlMs"]!.GetValue<long>());
        Assert.Equal("untrusted", result["contents"]![0]!["_meta"]![ContentOrigin.MetaKey]!["trust"]!.GetValue<string>());
    }

    [Fact]
    public async Task Config_and_providers_say_what_there_is_without_paths()
    {
        await using var client = new WireClient(_brain);

        var config = await DocumentAsync(client, "corpus://config");
        var providers = await DocumentAsync(client, "corpus://providers");

        Assert.Equal("sqlite", config["storage_backend"]!.GetValue<string>());
        Assert.Equal("sqlite_fts5", config["stores"]!["bm25"]!.GetValue<string>());
        Assert.Equal(10 * 1024 * 1024, config["limits"]!["max_file_bytes"]!.GetValue<long>());
        Assert.Equal("none", providers["embedding"]!["provider"]!.GetValue<string>());
        Assert.Equal(["bm25"], providers["search_modes"]!.AsArray().Select(mode => mode!.GetValue<string>()));
        Assert.DoesNotContain("secret-place", config.ToJsonString() + providers.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_status_counts_and_names_the_running_job()
    {
        await using var client = new WireClient(_brain);
        var idle = await DocumentAsync(client, "corpus://status");
        var running = _brain.Enqueue();
        _brain.Brain.Jobs.TakeNext();
        _brain.Enqueue("other");

        var busy = await DocumentAsync(client, "corpus://status");

        Assert.Equal("idle", idle["status"]!.GetValue<string>());
        Assert.Equal((1, 1, 1), (idle["total_documents"]!.GetValue<int>(), idle["total_chunks"]!.GetValue<int>(), idle["total_folders"]!.GetValue<int>()));
        Assert.Equal("indexing", busy["status"]!.GetValue<string>());
        Assert.Equal(running.Id, busy["current_job_id"]!.GetValue<string>());
        Assert.Equal(1, busy["queued_jobs"]!.GetValue<int>());
    }

    [Fact]
    public async Task Health_reports_a_failing_store_instead_of_failing()
    {
        await using var client = new WireClient(_brain);
        var healthy = await DocumentAsync(client, "corpus://health");
        _brain.Database.Write(session => session.Script("DROP TABLE chunks"));

        var broken = await DocumentAsync(client, "corpus://health");
        var status = await client.ReadResourceAsync("corpus://status");

        Assert.Equal("healthy", healthy["status"]!.GetValue<string>());
        Assert.Equal("unhealthy", broken["status"]!.GetValue<string>());
        Assert.Equal(-32603, status["error"]!["code"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_remote_caller_is_shown_paths_below_the_root_and_a_local_one_absolute_paths()
    {
        await using var client = new WireClient(_brain);
        var remote = await DocumentAsync(client, "corpus://folders");
        _brain.Caller = _brain.Caller with { IsLocal = true };

        var local = await DocumentAsync(client, "corpus://folders");

        Assert.Equal("docs", remote["folders"]![0]!["folder_path"]!.GetValue<string>());
        Assert.Equal(SeededBrain.RootPath, local["folders"]![0]!["folder_path"]!.GetValue<string>());
        Assert.Equal(1, local["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_chunk_is_read_by_its_id_with_its_source()
    {
        await using var client = new WireClient(_brain);

        var result = (await client.ReadResourceAsync($"chunk://chunk_{_brain.FileKey}_0/"))["result"]!["contents"]![0]!;
        var chunk = JsonNode.Parse(result["text"]!.GetValue<string>())!;

        Assert.Equal("# Grüße <b>", chunk["content"]!.GetValue<string>());
        Assert.Equal("docs/guide.md", chunk["source"]!.GetValue<string>());
        Assert.Equal("docs/guide.md", result["_meta"]![ContentOrigin.MetaKey]!["source"]!.GetValue<string>());
        Assert.Equal("chunk_" + _brain.FileKey, chunk["parent_doc_id"]!.GetValue<string>());
        Assert.Contains("Grüße <b>", result["text"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_is_read_by_its_id_and_does_not_name_who_asked()
    {
        await using var client = new WireClient(_brain);
        var job = _brain.Enqueue();

        var document = await DocumentAsync(client, "job://" + job.Id);

        Assert.Equal(job.Id, document["job_id"]!.GetValue<string>());
        Assert.Equal("pending", document["status"]!.GetValue<string>());
        Assert.Equal(0, document["progress_percent"]!.GetValue<double>());
        Assert.Equal(("index", 0), (document["operation"]!.GetValue<string>(), document["files_processed"]!.GetValue<int>()));
        Assert.False(document["counts"]!.AsObject().ContainsKey("resumed"));
        Assert.DoesNotContain("someone-else", document.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_SDKs_client_reads_resources_through_its_own_idea_of_a_URI()
    {
        await using var wire = new WireClient(_brain) { Version = WireClient.Legacy };
        await using var client = await wire.ConnectAsync();

        var result = await client.ReadResourceAsync(new Uri("corpus://folders"));

        Assert.Contains("\"folder_path\":\"docs\"", result.Contents[0].ToString(), StringComparison.Ordinal);
    }

    private static async Task<JsonNode> DocumentAsync(WireClient client, string uri)
    {
        var answer = await client.ReadResourceAsync(uri);
        return JsonNode.Parse(answer["result"]!["contents"]![0]!["text"]!.GetValue<string>())!;
    }
}

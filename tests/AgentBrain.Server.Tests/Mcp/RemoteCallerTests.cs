using System.Text.Json;
using ModelContextProtocol;

namespace AgentBrain.Server.Tests.Mcp;

public sealed class RemoteCallerTests
{
    [Fact]
    public async Task No_answer_to_a_remote_caller_has_an_absolute_path()
    {
        await using var brain = await ConnectedBrain.StartAsync(work: true);
        brain.Contexts.IsLocal = false;
        brain.Running.Root.Write("docs/guide.md", "# Guide\n\nalpha");
        brain.Running.Root.Write("meta.json", """{"team":"search"}""");
        var answers = new List<string>();

        async Task<JsonElement> AskAsync(string tool, object? arguments = null)
        {
            var result = await brain.CallAsync(tool, arguments);
            answers.Add(JsonSerializer.Serialize(result, McpJsonUtilities.DefaultOptions));
            return result.StructuredContent ?? default;
        }

        // An absolute path is understood, but never repeated.
        var job = await AskAsync("index_folder", new { folder_path = Path.Combine(brain.RootPath, "docs") });
        Assert.Equal("root/docs", job.GetProperty("folder_path").GetString());
        await AskAsync("wait_for_job", new { job_id = job.GetProperty("job_id").GetString() });
        await AskAsync("get_job", new { job_id = job.GetProperty("job_id").GetString() });
        await AskAsync("list_jobs");
        await AskAsync("list_folders");
        var found = await AskAsync("search_documents", new { query = "alpha", explain = true });
        Assert.Equal("root/docs/guide.md", found.GetProperty("results")[0].GetProperty("source").GetString());
        await AskAsync("explain_result", new { query = "alpha", chunk_id = found.GetProperty("results")[0].GetProperty("chunk_id").GetString() });
        await AskAsync("inject_documents", new { folder_path = "root/docs", folder_metadata_file = "root/meta.json", dry_run = true });
        await AskAsync("add_documents", new { paths = new[] { Path.Combine(brain.RootPath, "docs", "missing.md") } });
        await AskAsync("index_folder", new { folder_path = Path.Combine(brain.RootPath, "missing") });
        await AskAsync("index_folder", new { folder_path = Path.Combine(brain.RootPath, "docs", "guide.md") });
        await AskAsync("index_folder", new { folder_path = "/etc" });
        await AskAsync("remove_folder", new { folder_path = brain.RootPath, confirm = true });
        await AskAsync("remove_folder", new { folder_path = Path.Combine(brain.RootPath, "docs"), confirm = true });
        await AskAsync("whoami");
        await AskAsync("server_health");
        foreach (var answer in answers)
        {
            Assert.DoesNotContain(brain.RootPath, answer, StringComparison.Ordinal);
            Assert.DoesNotContain(brain.Running.DataDirectory, answer, StringComparison.Ordinal);
        }
    }
}

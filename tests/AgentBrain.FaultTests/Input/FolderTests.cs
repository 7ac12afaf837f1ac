using System.Diagnostics;
using System.Text;
using AgentBrain.FaultTests.Support;

namespace AgentBrain.FaultTests.Input;

/// <summary>Folders and files that cannot or must not be indexed.</summary>
public sealed class FolderTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("/etc")]
    [InlineData("/")]
    [InlineData("root/../..")]
    [InlineData("elsewhere/docs")]
    [InlineData("root/kept\u0000/etc")]
    public Task A_folder_outside_the_roots_is_refused(string folder) =>
        shared.RefusesAsync("index_folder", new { folder_path = folder }, "folder_outside_roots", "AGENT_BRAIN_ROOTS");

    [Fact]
    public Task A_folder_that_is_not_there_is_refused() =>
        shared.RefusesAsync("index_folder", new { folder_path = "root/nowhere" }, "path_not_readable", "check the spelling");

    [Fact]
    public Task A_file_given_as_a_folder_is_refused_with_the_tool_to_take() =>
        shared.RefusesAsync("index_folder", new { folder_path = "root/kept/anchor.md" }, "not_a_folder", "add_documents");

    [Fact]
    public Task A_file_outside_the_roots_is_refused() =>
        shared.RefusesAsync("add_documents", new { paths = new[] { "root/kept/anchor.md", "/etc/passwd" } }, "folder_outside_roots", "AGENT_BRAIN_ROOTS");

    [Fact]
    public async Task A_link_to_a_folder_outside_is_refused_and_one_to_a_file_is_left_out_by_name()
    {
        shared.Tree.Write("outside/secret.md", "smuggled text");
        var folder = shared.Tree.Folder("root/links");
        shared.Tree.Write("root/links/real.md", "honest text");
        File.CreateSymbolicLink(Path.Combine(folder, "leak.md"), shared.Tree.Combine("outside/secret.md"));
        Directory.CreateSymbolicLink(Path.Combine(folder, "leak"), shared.Tree.Combine("outside"));

        await shared.RefusesAsync("index_folder", new { folder_path = "root/links/leak" }, "path_is_symlink", "give the path that it points to");
        await shared.RefusesAsync("add_documents", new { paths = new[] { "root/links/leak.md" } }, "path_is_symlink", "give the path that it points to");
        var done = await shared.Client.IndexAsync("root/links");

        Assert.Contains("2 symlink", done.Text, StringComparison.Ordinal);
        Assert.Empty(await shared.Client.FindAsync("smuggled"));
        Assert.Single(await shared.Client.FindAsync("honest"));
        await shared.StillServesAsync();
    }

    [Fact]
    public async Task A_gigabyte_that_is_all_hole_is_counted_as_too_large_and_takes_no_time()
    {
        shared.Tree.Write("root/large/small.md", "normal text");
        await using (var file = File.Create(shared.Tree.Combine("root/large/huge.md")))
            file.SetLength(1L << 30);

        var clock = Stopwatch.StartNew();
        var done = await shared.Client.IndexAsync("root/large");

        Assert.Equal("completed", done.Status);
        Assert.Contains("1 too_large", done.Text, StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"It took {clock.Elapsed}.");
        Assert.Single(await shared.Client.FindAsync("normal"));
        await shared.StillServesAsync();
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_left_out_by_name_and_never_shown_as_text()
    {
        shared.Tree.Write("root/bytes/broken.md", [.. "# broken "u8, 0xc3, 0x28, 0xff, 0xfe, 0x80, .. " brokenword"u8]);
        shared.Tree.Write("root/bytes/zeros.md", [.. "zeroword "u8, 0, 0, 0]);
        shared.Tree.Write("root/bytes/fine.md", Encoding.UTF8.GetBytes("fineword ünïcödé"));

        var done = await shared.Client.IndexAsync("root/bytes");

        Assert.Equal("completed", done.Status);
        Assert.Contains("binary", done.Text, StringComparison.Ordinal);
        Assert.Empty(await shared.Client.FindAsync("zeroword"));
        Assert.Single(await shared.Client.FindAsync("unicode"));
        await shared.StillServesAsync();
    }

    [Fact]
    public async Task A_job_that_does_not_exist_is_refused_by_every_tool_that_takes_one()
    {
        await shared.RefusesAsync("get_job", new { job_id = "job_000000000000" }, "job_not_found", "list_jobs");
        await shared.RefusesAsync("wait_for_job", new { job_id = "job_000000000000" }, "job_not_found", "list_jobs");
        await shared.RefusesAsync("cancel_job", new { job_id = "'; DROP TABLE jobs; --", confirm = true }, "job_not_found", "list_jobs");
        await shared.RefusesAsync("cancel_job", new { job_id = "job_000000000000", confirm = false }, "not_confirmed", "confirm");
        await shared.RefusesAsync("remove_folder", new { folder_path = "root/never", confirm = true }, "folder_not_indexed", "list_folders");
    }
}

using System.Text;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Indexing;
using AgentBrain.Server.Brains.Jobs;

namespace AgentBrain.Server.Tests.Brains.Indexing;

public sealed class IndexingTests
{
    [Fact]
    public async Task A_folder_is_indexed_and_found()
    {
        await using var brain = new RunningBrain();
        brain.Root.Write("docs/guide.md", "# Guide\n\n## Replay\n\nThe replay store keeps proofs.\n");
        brain.Root.Write("src/ReplayStore.cs", "namespace A;\n\npublic sealed class ReplayStore\n{\n    public bool TryAdd(string jti) => true;\n}\n");

        var job = await brain.IndexAsync();

        Assert.Equal((2, 0, 0), (job.Counts.Added, job.Counts.Changed, job.Counts.Unchanged));
        Assert.Equal(["src/ReplayStore.cs", "docs/guide.md"], brain.Find("ReplayStore"));
        Assert.Equal(new BrainCounts(2, (int)brain.Rows("chunks")), brain.Brain.Count());
    }

    [Fact]
    public async Task A_second_run_does_only_what_changed()
    {
        await using var brain = new RunningBrain();
        brain.Root.Write("a.md", "alpha");
        brain.Root.Write("b.md", "beta");
        brain.Root.Write("c.md", "gamma");
        await brain.IndexAsync();
        brain.Root.Write("b.md", "delta");
        File.Delete(Path.Combine(brain.Root.Path, "c.md"));

        var job = await brain.IndexAsync();

        Assert.Equal((0, 1, 1, 1), (job.Counts.Added, job.Counts.Changed, job.Counts.Unchanged, job.Counts.Removed));
        Assert.Empty(brain.Find("beta"));
        Assert.Empty(brain.Find("gamma"));
        Assert.Equal("b.md", Assert.Single(brain.Find("delta")));
    }

    [Fact]
    public async Task Force_does_unchanged_files_anew()
    {
        await using var brain = new RunningBrain();
        brain.Root.Write("a.md", "alpha");
        await brain.IndexAsync();

        var job = await brain.IndexAsync(force: true);

        Assert.Equal((1, 0), (job.Counts.Changed, job.Counts.Unchanged));
    }

    [Fact]
    public async Task Other_chunk_settings_do_files_anew()
    {
        await using var brain = new RunningBrain();
        brain.Root.Write("a.md", "alpha");
        await brain.IndexAsync();

        var job = await brain.IndexAsync(settings: new FolderSettings { ChunkSize = 256 });

        Assert.Equal(1, job.Counts.Changed);
    }

    [Fact]
    public async Task Several_folders_live_together_and_removing_one_leaves_the_others()
    {
        await using var brain = new RunningBrain();
        brain.Root.Write("a/one.md", "alpha");
        brain.Root.Write("b/two.md", "alpha");
        await brain.IndexAsync("root/a");
        await brain.IndexAsync("root/b");
        Assert.Equal(2, brain.Find("alpha").Count);

        brain.Brain.RemoveFolder(new BrainPath("root", "a"));

        Assert.Equal("b/two.md", Assert.Single(brain.Find("alpha")));
        Assert.Equal("b", Assert.Single(brain.Brain.Folders()).Path.Relative);
    }

    [Fact]
    public async Task Removing_a_folder_leaves_nothing_of_it_in_any_table_or_file()
    {
        await using var brain = new RunningBrain();
        brain.Root.Write("secret.md", "The canary zyxwvutsrq sings.");
        var metadata = brain.Root.Write("../" + Path.GetFileName(brain.Root.Path) + "/meta.json", """{"note":"zyxwvutsrq"}""");
        await brain.FinishAsync(brain.Brain.Indexing.Inject("root", metadata, new FolderSettings(), force: false, dryRun: false, "tester").Job!);
        File.Delete(metadata);

        var chunks = brain.Brain.RemoveFolder(new BrainPath("root", ""));

        Assert.Equal(2, chunks);
        foreach (var table in (string[])["folders", "files", "chunks", "extractions"])
        {
            Assert.Equal(0, brain.Rows(table));
        }

        Assert.Empty(brain.Find("zyxwvutsrq"));
        foreach (var file in Directory.EnumerateFiles(brain.DataDirectory, "index.db*"))
        {
            Assert.DoesNotContain("zyxwvutsrq", Latin1(file), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Text_of_a_file_that_a_job_took_out_is_nowhere_in_the_files()
    {
        await using var brain = new RunningBrain();
        var file = brain.Root.Write("secret.md", "The canary zyxwvutsrq sings.");
        brain.Root.Write("other.md", "alpha");
        await brain.IndexAsync();
        File.Delete(file);

        await brain.IndexAsync();

        Assert.All(Directory.EnumerateFiles(brain.DataDirectory, "index.db*"), path => Assert.DoesNotContain("zyxwvutsrq", Latin1(path), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Removal_waits_for_searches_that_still_see_the_text()
    {
        await using var brain = new RunningBrain();
        brain.Root.Write("secret.md", "The canary zyxwvutsrq sings.");
        await brain.IndexAsync();
        using var reading = new ManualResetEventSlim();
        using var end = new ManualResetEventSlim();
        var reader = Task.Run(() => brain.Database.Read(session =>
        {
            var seen = session.Scalar<string>("SELECT text FROM chunks");
            reading.Set();
            end.Wait();
            return seen;
        }));
        reading.Wait();

        var removal = Task.Run(() => brain.Brain.RemoveFolder(new BrainPath("root", "")));
        await Task.Delay(100);
        Assert.False(removal.IsCompleted);
        end.Set();

        Assert.Contains("zyxwvutsrq", await reader, StringComparison.Ordinal);
        Assert.Equal(1, await removal);
        Assert.All(Directory.EnumerateFiles(brain.DataDirectory, "index.db*"), path => Assert.DoesNotContain("zyxwvutsrq", Latin1(path), StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_crash_left_to_wipe_is_wiped_at_the_next_start()
    {
        await using var brain = new RunningBrain(work: false);
        brain.Database.Write(AgentBrain.Server.Brains.Storage.RemovalsTable.Owe);
        brain.Database.Dispose();

        using var database = AgentBrain.Server.Brains.Storage.BrainDatabase.Open(Path.Combine(brain.DataDirectory, "index.db"), 0);

        Assert.False(database.Read(AgentBrain.Server.Brains.Storage.RemovalsTable.IsOwed));
    }

    [Fact]
    public async Task A_secret_that_was_replaced_is_kept_out_like_the_one_before()
    {
        await using var brain = new RunningBrain(secretInRoot: "auth.txt");
        brain.Root.Write("auth.txt", "first canary");
        await brain.IndexAsync();
        var replacement = brain.Root.Write("next.tmp", "second canary");
        File.Move(replacement, Path.Combine(brain.Root.Path, "auth.txt"), overwrite: true);

        var job = await brain.IndexAsync(force: true);

        Assert.Equal(1, job.Counts.Skipped["server_owned"]);
        Assert.Empty(brain.Find("canary"));
        Assert.Null(brain.Brain.ReadFile("root/auth.txt"));
    }

    [Fact]
    public async Task A_metadata_file_with_a_credential_is_refused()
    {
        await using var brain = new RunningBrain();
        brain.Root.Write("a/x.md", "alpha");
        brain.Root.Write("meta.json", """{"token":"ghp_abcdefghijklmnopqrstuvwxyz0123456789"}""");

        var refusal = Assert.Throws<BrainException>(() => brain.Brain.Indexing.Inject("root/a", "root/meta.json", new FolderSettings(), force: false, dryRun: true, "tester"));

        Assert.Equal("bad_metadata_file", refusal.Reason);
    }

    [Fact]
    public async Task A_file_belongs_to_the_innermost_indexed_folder()
    {
        await using var brain = new RunningBrain();
        brain.Root.Write("a.md", "alpha");
        brain.Root.Write("inner/b.md", "alpha");
        await brain.IndexAsync();
        await brain.IndexAsync("root/inner");
        Assert.Equal([("", 1), ("inner", 1)], brain.Brain.Folders().Select(folder => (folder.Path.Relative, folder.Files)));

        await brain.IndexAsync();

        Assert.Equal([("", 1), ("inner", 1)], brain.Brain.Folders().Select(folder => (folder.Path.Relative, folder.Files)));
        Assert.Equal(2, brain.Find("alpha").Count);
    }

    [Fact]
    public async Task What_is_left_out_is_counted_by_reason()
    {
        await using var brain = new RunningBrain(new BrainLimits { MaxFileBytes = 1000 });
        brain.Root.Write("ok.md", "alpha");
        brain.Root.Write(".env", "PASSWORD=1");
        brain.Root.Write("id_rsa", "key");
        brain.Root.Write("key.md", "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7bq3PZ1JZ0aW4E0kq8c1XcD0yQ5w9s8T2m1n6v7b8c9d0e1f\n-----END RSA PRIVATE KEY-----\n");
        brain.Root.Write("binary.md", [0, 1, 2, 3, 0, 0, 0]);
        brain.Root.Write("large.md", new string('x', 2000));
        brain.Root.Write("empty.md", "");
        brain.Root.Write("strange.xyz", "?");
        brain.Root.Write(".gitignore", "ignored.md\n");
        brain.Root.Write("ignored.md", "alpha");
        brain.Root.Write("node_modules/p/readme.md", "alpha");
        File.CreateSymbolicLink(Path.Combine(brain.Root.Path, "link.md"), "/etc/hostname");

        var job = await brain.IndexAsync();

        Assert.Equal("ok.md", Assert.Single(IndexedFiles(brain)));
        Assert.Equal(2, job.Counts.Skipped["secret_name"]);
        foreach (var reason in (string[])["secret_content", "binary", "too_large", "empty", "gitignored", "excluded", "symlink"])
        {
            Assert.True(job.Counts.Skipped.GetValueOrDefault(reason) == 1, $"{reason}: {job.Message}");
        }

        Assert.Contains("1 binary", job.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_becomes_secret_or_too_large_leaves_the_index()
    {
        await using var brain = new RunningBrain(new BrainLimits { MaxFileBytes = 1000 });
        brain.Root.Write("a.md", "alpha");
        await brain.IndexAsync();
        brain.Root.Write("a.md", "alpha " + new string('x', 2000));

        var job = await brain.IndexAsync();

        Assert.Equal(1, job.Counts.Removed);
        Assert.Empty(brain.Find("alpha"));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_listed_any_more_fails_the_job_and_keeps_the_index()
    {
        await using var brain = new RunningBrain();
        brain.Root.Write("mount/a.md", "alpha");
        await brain.IndexAsync("root/mount");
        var job = brain.Brain.Indexing.Folder("root/mount", new FolderSettings(), force: true, "tester");
        await brain.FinishAsync(job);
        Directory.Move(Path.Combine(brain.Root.Path, "mount"), Path.Combine(brain.Root.Path, "elsewhere"));

        var refusal = Assert.Throws<BrainException>(() => brain.Brain.Indexing.Folder("root/mount", new FolderSettings(), force: false, "tester"));

        Assert.Equal("path_not_readable", refusal.Reason);
        Assert.Equal("mount/a.md", Assert.Single(brain.Find("alpha")));
    }

    [Fact]
    public async Task A_single_file_can_be_added_and_refreshed()
    {
        await using var brain = new RunningBrain();
        brain.Root.Write("docs/a.md", "alpha");
        brain.Root.Write("docs/b.md", "beta");

        var job = await brain.FinishAsync(brain.Brain.Indexing.Paths(["root/docs/a.md"], force: false, "tester"));

        Assert.Equal(JobState.Completed, job.State);
        Assert.Equal("docs/a.md", Assert.Single(brain.Find("alpha")));
        Assert.Empty(brain.Find("beta"));
        Assert.Equal("docs", Assert.Single(brain.Brain.Folders()).Path.Relative);
    }

    [Theory]
    [InlineData("docs/draft.md", "path_is_excluded")]
    [InlineData("private/deep/a.md", "path_is_excluded")]
    [InlineData(".git/a.md", "path_is_excluded")]
    [InlineData("node_modules/x/readme.md", "path_is_excluded")]
    [InlineData("docs/secrets.json", "path_is_secret")]
    [InlineData("docs/pic.png", "unknown_file_type")]
    public async Task A_single_file_that_a_scan_would_leave_out_is_refused(string file, string reason)
    {
        await using var brain = new RunningBrain();
        brain.Root.Write(".gitignore", "draft*\n/private/\n");
        brain.Root.Write(file, "alpha");

        Assert.Equal(reason, Assert.Throws<BrainException>(() => brain.Brain.Indexing.Paths([$"root/{file}"], force: false, "tester")).Reason);
        await brain.IndexAsync();
        Assert.Equal(reason, Assert.Throws<BrainException>(() => brain.Brain.Indexing.Paths([$"root/{file}"], force: false, "tester")).Reason);
        Assert.Empty(brain.Find("alpha"));
    }

    [Fact]
    public async Task A_single_file_that_is_ignored_by_the_time_of_its_job_is_counted_and_not_read()
    {
        await using var brain = new RunningBrain();
        brain.Root.Write("docs/a.md", "alpha");
        brain.Root.Write(".gitignore", "a.md\n");
        var path = new BrainPath("root", "docs/a.md");
        var request = new JobRequest { Kind = JobKind.Add, Targets = [new JobTarget(new BrainPath("root", "docs"), new FolderSettings(), [path])] };

        var job = await brain.FinishAsync(brain.Brain.Jobs.Enqueue(request, "tester"));

        Assert.Equal(JobState.Completed, job.State);
        Assert.Equal(1, job.Counts.Skipped["gitignored"]);
        Assert.Empty(brain.Find("alpha"));
    }

    [Fact]
    public async Task The_data_directory_is_never_indexed_even_inside_a_root()
    {
        await using var brain = new RunningBrain(dataInsideRoot: "data");
        brain.Root.Write("a.md", "alpha");
        brain.Root.Write("data/notes.md", "canary");

        var job = await brain.IndexAsync();

        Assert.Empty(brain.Find("canary"));
        Assert.Equal(1, job.Counts.Skipped["server_owned"]);
        var refusal = Assert.Throws<BrainException>(() => brain.Brain.Indexing.Folder("root/data", new FolderSettings(), force: false, "tester"));
        Assert.Equal("path_is_server_owned", refusal.Reason);
    }

    [Fact]
    public async Task Metadata_from_a_file_is_kept_with_the_folder()
    {
        await using var brain = new RunningBrain();
        brain.Root.Write("a/x.md", "alpha");
        brain.Root.Write("meta.json", """{"team":"search","tier":1}""");

        var dry = brain.Brain.Indexing.Inject("root/a", "root/meta.json", new FolderSettings(), force: false, dryRun: true, "tester");
        var result = brain.Brain.Indexing.Inject("root/a", "root/meta.json", new FolderSettings(), force: false, dryRun: false, "tester");
        await brain.FinishAsync(result.Job!);

        Assert.Contains("1 file of", dry.Report, StringComparison.Ordinal);
        Assert.Contains("team, tier", dry.Report, StringComparison.Ordinal);
        Assert.Equal("""{"team":"search","tier":1}""", Assert.Single(brain.Brain.Folders()).Metadata);
    }

    private static List<string> IndexedFiles(RunningBrain brain) =>
        brain.Database.Read(session => session.Query("SELECT path FROM files ORDER BY path", row => row.Text(0)));

    private static string Latin1(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return reader.ReadToEnd();
    }
}

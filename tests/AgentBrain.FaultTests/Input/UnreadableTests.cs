using AgentBrain.FaultTests.Support;

namespace AgentBrain.FaultTests.Input;

/// <summary>What the account of the server may not read. Root reads everything, so under root the server runs as another account.</summary>
public sealed class UnreadableTests
{
    [Fact]
    public async Task A_folder_of_mode_000_is_refused_and_a_file_of_mode_000_is_left_out_by_name()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "File modes are those of Unix.");
        using var tree = new TemporaryTree();
        tree.Write("root/docs/open.md", "open words");
        var locked = tree.Write("root/docs/locked.md", "locked words");
        var closed = tree.Folder("root/docs/closed");
        tree.Write("root/docs/closed/inner.md", "inner words");
        tree.Folder("data");
        if (Privileges.IsRoot)
            await Privileges.GiveAsync(tree.Path);

        Privileges.Mode(locked, UnixFileMode.None);
        Privileges.Mode(closed, UnixFileMode.None);
        try
        {
            var options = new ServerOptions { Root = tree.Combine("root"), Data = tree.Combine("data"), Unprivileged = Privileges.IsRoot };
            await using var server = await ServerProcess.StartAsync(options);
            await using var client = await server.ConnectAsync();

            var refused = await client.AskAsync("index_folder", new { folder_path = "root/docs/closed" });
            var done = await client.IndexAsync("root/docs");

            Assert.Equal((true, "path_not_readable"), (refused.IsError, refused.Reason));
            Assert.Contains("permission", refused.Text, StringComparison.Ordinal);
            Assert.Equal("completed", done.Status);
            Assert.Contains("2 unreadable", done.Text, StringComparison.Ordinal);
            Assert.EndsWith("open.md", Assert.Single(await client.FindAsync("words")), StringComparison.Ordinal);

            // What is in the index stays when the right to read is lost for a while.
            Privileges.Mode(tree.Combine("root/docs/open.md"), UnixFileMode.None);
            Assert.Equal("completed", (await client.IndexAsync("root/docs")).Status);
            Assert.Single(await client.FindAsync("open"));
        }
        finally
        {
            Privileges.Mode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}

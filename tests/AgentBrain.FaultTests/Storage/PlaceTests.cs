using System.Net;
using System.Net.Sockets;
using AgentBrain.FaultTests.Support;

namespace AgentBrain.FaultTests.Storage;

/// <summary>Directories and ports that are not there, not writable or somebody else's.</summary>
public sealed class PlaceTests
{
    [Fact]
    public async Task A_second_server_on_the_same_data_is_refused_and_the_first_goes_on()
    {
        using var tree = new TemporaryTree();
        tree.Write("root/a.md", "lighthouse");
        var options = new ServerOptions { Root = tree.Combine("root"), Data = tree.Combine("data") };
        await using var server = await ServerProcess.StartAsync(options);

        var (exitCode, text) = await ServerProcess.RefusesAsync(options);

        Assert.Equal(2, exitCode);
        Assert.Contains("another agent-brain process is using", text, StringComparison.Ordinal);
        await using var client = await server.ConnectAsync();
        Assert.Equal("completed", (await client.IndexAsync("root")).Status);
    }

    [Fact]
    public async Task A_port_in_use_is_refused_and_the_data_is_free_again()
    {
        using var tree = new TemporaryTree();
        tree.Write("root/a.md", "lighthouse");
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var options = new ServerOptions { Root = tree.Combine("root"), Data = tree.Combine("data"), Port = ((IPEndPoint)taken.LocalEndpoint).Port };

        var (exitCode, text) = await ServerProcess.RefusesAsync(options);

        Assert.Equal(2, exitCode);
        Assert.Contains("whose port another program is using", text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        await using var server = await ServerProcess.StartAsync(options with { Port = 0 });
    }

    [Fact]
    public async Task A_data_directory_of_another_account_is_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Privileges.IsRoot, "Only root can make a directory of another account.");
        using var tree = new TemporaryTree();
        tree.Write("root/a.md", "lighthouse");
        tree.Folder("data");
        await Shell.RunAsync("chmod", "-R", "a+rX", tree.Path);

        var (exitCode, text) = await ServerProcess.RefusesAsync(new ServerOptions { Root = tree.Combine("root"), Data = tree.Combine("data"), Unprivileged = true });

        Assert.Equal(2, exitCode);
        Assert.Contains("AGENT_BRAIN_DATA", text, StringComparison.Ordinal);
        Assert.Contains("the server's user owns", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_only_data_directory_is_refused_for_what_it_is()
    {
        using var tree = new TemporaryTree();
        tree.Write("root/a.md", "lighthouse");
        await using var disk = await Mount.CreateAsync(tree.Combine("disk"), "size=8m,mode=0700");
        await disk.RemountAsync("ro");

        var (exitCode, text) = await ServerProcess.RefusesAsync(new ServerOptions { Root = tree.Combine("root"), Data = disk.Path });

        Assert.Equal(2, exitCode);
        Assert.Contains("may not write", text, StringComparison.Ordinal);
        Assert.DoesNotContain("another agent-brain process", text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_root_that_vanishes_keeps_its_index_and_serves_again_when_it_is_back()
    {
        using var tree = new TemporaryTree();
        tree.Write("root/docs/a.md", "lighthouse");
        await using var server = await ServerProcess.StartAsync(new ServerOptions { Root = tree.Combine("root"), Data = tree.Combine("data") });
        await using var client = await server.ConnectAsync();
        Assert.Equal("completed", (await client.IndexAsync("root/docs")).Status);

        Directory.Move(tree.Combine("root"), tree.Combine("away"));
        foreach (var (tool, arguments) in new (string, object)[]
        {
            ("index_folder", new { folder_path = "root/docs" }),
            ("add_documents", new { paths = new[] { "root/docs/a.md" } }),
            ("inject_documents", new { folder_path = "root/docs", folder_metadata_file = "root/meta.json" }),
        })
        {
            var refused = await client.AskAsync(tool, arguments);
            Assert.Equal((true, "path_not_readable"), (refused.IsError, refused.Reason));
        }

        Assert.Single(await client.FindAsync("lighthouse"));
        Directory.Move(tree.Combine("away"), tree.Combine("root"));
        tree.Write("root/docs/b.md", "lighthouse too");
        Assert.Equal("completed", (await client.IndexAsync("root/docs")).Status);
        Assert.Equal(2, (await client.FindAsync("lighthouse")).Count);
    }
}

using System.Net.Sockets;
using System.Text;
using AgentBrain.Server.AuthorizationServer.Commands;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Tests.AuthorizationServer.State;

namespace AgentBrain.Server.Tests.AuthorizationServer.Commands;

/// <summary>The socket by which commands reach the server: who may use it, and what it bears.</summary>
public sealed class ControlSocketTests : IAsyncDisposable
{
    private ServerHome _home = new();

    public ValueTask DisposeAsync() => _home.DisposeAsync();

    [Fact]
    public async Task The_socket_is_its_users_alone_and_goes_with_the_server()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no socket on Windows.");
        await _home.StartAsync();
        var socket = Path.Combine(_home.Data, ControlAddress.SocketFile);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ServerHome.Mode(socket));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, ServerHome.Mode(_home.Data));

        await _home.StopAsync();
        Assert.False(File.Exists(socket));
    }

    [Theory]
    [InlineData(1000u, 1000u, true)]
    [InlineData(0u, 1000u, true)]
    [InlineData(1001u, 1000u, false)]
    [InlineData(1000u, 0u, false)]
    public void Only_the_servers_user_and_root_are_heard(uint other, uint own, bool isTrusted)
    {
        Assert.Equal(isTrusted, PeerCredentials.IsTrusted(other, own));
    }

    [Fact]
    public async Task The_kernel_says_who_is_at_the_other_end()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The kernel is asked on Linux.");
        await _home.StartAsync();

        using var socket = await ConnectAsync();

        Assert.Equal(PeerCredentials.OwnUser, PeerCredentials.UserOf(socket));
    }

    [Theory]
    [InlineData("nothing\n")]
    [InlineData("{}\n")]
    [InlineData("null\n")]
    [InlineData("{\"command\":[\"status\"],\"more\":1}\n")]
    [InlineData("{\"command\":\"status\"}\n")]
    [InlineData("{\"command\":[\"status\"]}\n{\"command\":[\"status\"]}\n")]
    public async Task What_is_no_request_is_not_answered_and_the_server_goes_on(string text)
    {
        await _home.StartAsync();

        Assert.Equal("", await SendAsync(text));
        Assert.Equal(0, (await _home.RunAsync("status")).ExitCode);
    }

    [Theory]
    [InlineData("{\"command\":[]}\n")]
    [InlineData("{\"command\":[null]}\n")]
    [InlineData("{\"command\":[\"launch\"]}\n")]
    [InlineData("{\"command\":[\"restore\",\"--in\",\"x\",\"--key-file\",\"y\"]}\n")]
    [InlineData("{\"command\":[\"status\",\"x\"]}\n")]
    public async Task What_is_no_command_is_refused(string text)
    {
        await _home.StartAsync();

        Assert.Contains("\"exitCode\":2", await SendAsync(text), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_may_come_in_pieces()
    {
        await _home.StartAsync();
        using var socket = await ConnectAsync();
        await using var stream = new NetworkStream(socket);
        foreach (var piece in new[] { "{\"com", "mand\":[\"sta", "tus\"", new string(' ', 5000), "]}", "\n" })
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(piece));
            await stream.FlushAsync();
        }

        using var reader = new StreamReader(stream);
        Assert.Contains("\"exitCode\":0", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_is_put_together_from_what_comes_byte_by_byte()
    {
        var bytes = ControlLine.Bytes(ControlJson.Default.ControlRequest, new ControlRequest(["status", new string('x', 3000)]));
        await using var drops = new Drops(bytes);

        var read = await ControlLine.ReadAsync(drops, ControlJson.Default.ControlRequest, ControlLine.MaxRequest, default);

        Assert.Equal(3000, read!.Command[1].Length);
    }

    [Fact]
    public async Task A_request_without_end_is_cut_off()
    {
        await _home.StartAsync();

        Assert.Equal("", await SendAsync(new string('x', ControlLine.MaxRequest + 2)));
        Assert.Equal(0, (await _home.RunAsync("status")).ExitCode);
    }

    [Fact]
    public async Task A_caller_who_says_nothing_keeps_nobody_waiting()
    {
        await _home.StartAsync();
        using var silent = await ConnectAsync();
        using var half = await ConnectAsync();
        await half.SendAsync(Encoding.UTF8.GetBytes("{\"command\":"));

        Assert.Equal(0, (await _home.RunAsync("status")).ExitCode);
    }

    [Fact]
    public async Task A_server_that_stops_lets_silent_callers_go()
    {
        await _home.StartAsync();
        using var silent = await ConnectAsync();

        await _home.StopAsync();

        Assert.Equal(0, await ReceiveAsync(silent));
    }

    /// <summary>Who was not heard yet when the server stopped is let go by the kernel, with a reset.</summary>
    private static async Task<int> ReceiveAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1]);
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            return 0;
        }
    }

    [Fact]
    public async Task A_socket_that_a_killed_server_left_is_no_server()
    {
        await _home.StartAsync();
        await _home.StopAsync();
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            left.Bind(new UnixDomainSocketEndPoint(Path.Combine(_home.Data, ControlAddress.SocketFile)));

        Assert.Equal(0, (await _home.RunAsync("status")).ExitCode);
        await _home.StartAsync();
        Assert.Equal(0, (await _home.RunAsync("status")).ExitCode);
    }

    [Fact]
    public async Task A_directory_that_is_held_without_a_socket_is_told_of()
    {
        using var data = DataDirectory.Open(_home.Data);

        var (code, _, error) = await _home.RunAsync("status");

        Assert.Equal(2, code);
        Assert.Contains("another agent-brain process is using", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_directory_with_a_long_path_has_its_socket_elsewhere()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no socket on Windows.");
        await _home.DisposeAsync();
        _home = new ServerHome(string.Join('/', Enumerable.Repeat("a-rather-long-name-of-a-directory", 4)));
        await _home.StartAsync();
        var pointer = Path.Combine(_home.Data, ControlAddress.PathFile);
        var socket = await File.ReadAllTextAsync(pointer);

        Assert.False(File.Exists(Path.Combine(_home.Data, ControlAddress.SocketFile)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ServerHome.Mode(pointer));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ServerHome.Mode(socket));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, ServerHome.Mode(Path.GetDirectoryName(socket)!));
        Assert.Contains(_home.Data, (await _home.RunAsync("status")).Output, StringComparison.Ordinal);
        await _home.StopAsync();
        Assert.False(Directory.Exists(Path.GetDirectoryName(socket)));
        Assert.False(File.Exists(pointer));
    }

    [Theory]
    [InlineData("")]
    [InlineData("relative/control.sock")]
    [InlineData("/nowhere/at/all/control.sock")]
    public async Task A_pointer_that_leads_nowhere_is_no_server(string text)
    {
        await _home.StartAsync();
        await _home.StopAsync();
        await File.WriteAllTextAsync(Path.Combine(_home.Data, ControlAddress.PathFile), text);

        Assert.Equal(0, (await _home.RunAsync("status")).ExitCode);
    }

    /// <summary>Gives out a byte at a time.</summary>
    private sealed class Drops(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(_home.Data, ControlAddress.SocketFile)));
        return socket;
    }

    private async Task<string> SendAsync(string text)
    {
        using var socket = await ConnectAsync();
        await using var stream = new NetworkStream(socket);
        try
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text));
            using var reader = new StreamReader(stream);
            return await reader.ReadToEndAsync();
        }
        catch (IOException)
        {
            // Closed while more was on its way.
            return "";
        }
    }
}

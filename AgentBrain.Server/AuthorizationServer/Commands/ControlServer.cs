using System.Net.Sockets;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.AuthorizationServer.Commands;

/// <summary>
/// Listens for commands on a socket in the data directory, which only the server's user, and root, can open. What comes over it is
/// trusted as the machine's user is, and no further: everything is bounded, and no path is opened for reading.
/// </summary>
/// <param name="data">The data directory, held by its lock.</param>
/// <param name="runner">Runs commands.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class ControlServer(DataDirectory data, CommandRunner runner, TimeProvider time, ILogger<ControlServer> logger) : IHostedService, IDisposable
{
    private const int MaxConnections = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _connections = new(MaxConnections, MaxConnections);
    private readonly List<Task> _running = [];
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            LogNotThere();
            return Task.CompletedTask;
        }

        var path = ControlAddress.Prepare(data.FullPath);
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            _listener.Bind(ControlAddress.EndPoint(path));
            ControlAddress.Close(path);
            _listener.Listen(MaxConnections);
        }
        catch (SocketException exception)
        {
            throw new ConfigurationException($"The socket {path}, by which commands reach the server, cannot be opened ({exception.SocketErrorCode}); let {SettingNames.Data} name a directory on a file system that has sockets.", exception);
        }

        _accepting = AcceptAsync(_listener);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_listener is null)
            return;

        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        Task[] running;
        lock (_running)
            running = [.. _running];

        await Task.WhenAll(running).WaitAsync(cancellationToken);
        ControlAddress.Remove(data.FullPath);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener?.Dispose();
        _stop.Dispose();
        _connections.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                await _connections.WaitAsync(_stop.Token);
                var connection = await listener.AcceptAsync(_stop.Token);
                var serving = ServeAsync(connection);
                lock (_running)
                {
                    _running.RemoveAll(static task => task.IsCompleted);
                    _running.Add(serving);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException || (exception is SocketException && _stop.IsCancellationRequested))
        {
            // The server stops.
        }
        catch (SocketException exception)
        {
            LogEnded(exception);
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        try
        {
            await using var stream = new NetworkStream(connection, ownsSocket: true);
            if (!PeerCredentials.IsTrusted(connection))
            {
                LogStranger(PeerCredentials.UserOf(connection));
                return;
            }

            var request = await ReadAsync(stream);
            if (request is null)
                return;

            var reply = request.Command.IsDefaultOrEmpty || request.Command.Any(static word => word is null)
                ? new ControlReply { ExitCode = ConfigurationException.ExitCode, Error = "No command was named." }
                : await runner.RunAsync(request.Command, _stop.Token);
            await ReplyAsync(stream, reply);
        }
        catch (Exception exception) when (exception is IOException or SocketException or InvalidDataException or OperationCanceledException)
        {
            // What was not asked in full was not done, and who no longer listens does not hear what was.
            LogBroken(exception);
        }
        finally
        {
            _connections.Release();
        }
    }

    private async Task<ControlRequest?> ReadAsync(NetworkStream stream)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        return await ControlLine.ReadAsync(stream, ControlJson.Default.ControlRequest, ControlLine.MaxRequest, either.Token);
    }

    /// <summary>Answers even while the server stops: what was done should be heard.</summary>
    private async Task ReplyAsync(NetworkStream stream, ControlReply reply)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        var bytes = ControlLine.Bytes(ControlJson.Default.ControlReply, reply);
        if (bytes.Length > ControlLine.MaxReply)
            bytes = ControlLine.Bytes(ControlJson.Default.ControlReply, new ControlReply { ExitCode = reply.ExitCode, Lines = ["Done; the answer is too long to be shown."], Error = reply.Error });

        await stream.WriteAsync(bytes, limit.Token);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Commands of the machine's user cannot reach a running server on Windows; stop it to run one.")]
    private partial void LogNotThere();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The user {User} tried the control socket and was not heard.")]
    private partial void LogStranger(uint user);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A connection to the control socket ended early.")]
    private partial void LogBroken(Exception why);

    [LoggerMessage(Level = LogLevel.Error, Message = "The control socket takes no more connections until the server is started again.")]
    private partial void LogEnded(Exception exception);
}

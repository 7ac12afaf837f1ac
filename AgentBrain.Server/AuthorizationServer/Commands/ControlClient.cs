using System.Net.Sockets;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.AuthorizationServer.Commands;

/// <summary>Asks the server that has a data directory to run a command.</summary>
internal static class ControlClient
{
    /// <summary>What the server needs beyond the command's own time, to be heard and to answer.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    /// <summary>Has a command run.</summary>
    /// <param name="dataDirectory">The directory.</param>
    /// <param name="syntax">The command.</param>
    /// <param name="command">Its name and what follows it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops waiting; the command goes on.</param>
    /// <returns><c>null</c> when no server listens there.</returns>
    /// <exception cref="CommandException">It is not known whether the command was done, or the server is not one to be believed.</exception>
    public static async Task<ControlReply?> AskAsync(string dataDirectory, CommandSyntax syntax, IEnumerable<string> command, TimeProvider time, CancellationToken cancellationToken)
    {
        var request = ControlLine.Bytes(ControlJson.Default.ControlRequest, new ControlRequest([.. command]));
        if (request.Length > ControlLine.MaxRequest)
            throw new CommandException($"The command is longer than {ControlLine.MaxRequest} bytes; a file that it names is too large.");

        using var socket = await ConnectAsync(dataDirectory, cancellationToken);
        if (socket is null)
            return null;

        if (OperatingSystem.IsLinux() && PeerCredentials.OwnUser != 0 && !PeerCredentials.IsTrusted(socket))
            throw new CommandException($"The socket of {dataDirectory} is another user's; run the command as the user that the server runs as.");

        using var limit = new CancellationTokenSource(syntax.Time + Margin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            await stream.WriteAsync(request, either.Token);
            return await ControlLine.ReadAsync(stream, ControlJson.Default.ControlReply, ControlLine.MaxReply, either.Token)
                ?? throw new CommandException("The server closed the connection without an answer, so it is not known whether the command was done; look with status, and at the server's log.");
        }
        catch (Exception exception) when (exception is IOException or SocketException or InvalidDataException || (exception is OperationCanceledException && limit.IsCancellationRequested))
        {
            throw new CommandException($"The server gave no answer ({exception.GetType().Name}), so it is not known whether the command was done; look with status, and at the server's log.", exception);
        }
    }

    private static async Task<Socket?> ConnectAsync(string dataDirectory, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows() || ControlAddress.Find(dataDirectory) is not { } path)
            return null;

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(ControlAddress.EndPoint(path), cancellationToken);
            return socket;
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable)
        {
            // A server that was killed left it.
            socket.Dispose();
            return null;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new ConfigurationException($"{SettingNames.Data} is {dataDirectory}, whose socket {path} cannot be opened ({exception.SocketErrorCode}); run the command as the user that the server runs as.", exception);
        }
    }
}

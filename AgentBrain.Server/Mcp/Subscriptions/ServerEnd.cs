using ModelContextProtocol.Protocol;

namespace AgentBrain.Server.Mcp.Subscriptions;

/// <summary>
/// Set when nothing more can or should be delivered: the server stops, or the one client of a stdio server closed its input. The SDK
/// waits for open handlers in both cases and tells them of neither.
/// </summary>
/// <param name="transport">Finds the transport of a server with one client; null where clients come and go.</param>
/// <param name="host">The host's life, if there is a host.</param>
internal sealed class ServerEnd(Func<ITransport?> transport, IHostApplicationLifetime? host) : IDisposable
{
    private readonly CancellationTokenSource _stopping = CancellationTokenSource.CreateLinkedTokenSource(host?.ApplicationStopping ?? CancellationToken.None);
    private readonly Lock _lock = new();
    private (CancellationToken Token, bool HasTransport)? _watched;

    /// <summary>Set at the end.</summary>
    public CancellationToken Token => Watch().Token;

    /// <summary>True if the server has one client, with which it ends.</summary>
    public bool HasOneClient => Watch().HasTransport;

    /// <inheritdoc />
    public void Dispose() => _stopping.Dispose();

    /// <summary>At the first use and not before: the transport is made from the options that the handlers are part of.</summary>
    private (CancellationToken Token, bool HasTransport) Watch()
    {
        lock (_lock)
        {
            if (_watched is not { } watched)
            {
                var found = transport();
                if (found is not null)
                {
                    _ = CancelAfterAsync(found.MessageReader.Completion);
                }

                _watched = watched = (_stopping.Token, found is not null);
            }

            return watched;
        }
    }

    private async Task CancelAfterAsync(Task completion)
    {
        // How the transport ended does not matter here, only that it did.
        await completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await _stopping.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The container was disposed first, and with it everything that could be told.
        }
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using AgentBrain.FaultTests.Support;

namespace AgentBrain.FaultTests.OAuth;

/// <summary>
/// Calls to a server from several clients with proofs, and from one with a bearer token, for a while. How long the latter's took tells
/// what this machine makes any call wait, whatever the server does.
/// </summary>
internal sealed class Traffic
{
    private const int Clients = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly ConcurrentQueue<Timed> _bound = new();
    private readonly ConcurrentQueue<Timed> _bearer = new();

    private Traffic()
    {
    }

    /// <summary>The answers to calls with proofs.</summary>
    public IReadOnlyCollection<Timed> Bound => _bound;

    /// <summary>The answers to calls with a bearer token.</summary>
    public IReadOnlyCollection<Timed> Bearer => _bearer;

    public TimeSpan SlowestBound => _bound.Max(timed => timed.Took);

    public TimeSpan SlowestBearer => _bearer.Max(timed => timed.Took);

    public TimeSpan MedianBearer => _bearer.Select(timed => timed.Took).Order().ElementAt(_bearer.Count / 2);

    /// <summary>Calls for a while.</summary>
    public static async Task<Traffic> RunAsync(Deployment deployment, ServerProcess server, string? nonce, TimeSpan duration)
    {
        var traffic = new Traffic();
        var start = Stopwatch.GetTimestamp();
        var (bound, bearer) = (deployment.BoundToken(), deployment.BearerToken());
        bool GoesOn() => Stopwatch.GetElapsedTime(start) < duration;
        var clients = Enumerable.Range(0, Clients).Select(_ => CallAsync(server, () => deployment.Call(bound, nonce), traffic._bound, GoesOn));
        await Task.WhenAll(clients.Append(CallAsync(server, () => Deployment.Call(bearer), traffic._bearer, GoesOn)));
        return traffic;
    }

    public override string ToString() =>
        $"{_bound.Count} calls with proofs, slowest {SlowestBound.TotalMilliseconds:F0} ms; {_bearer.Count} bearer calls, median {MedianBearer.TotalMilliseconds:F1} ms, slowest {SlowestBearer.TotalMilliseconds:F0} ms";

    private static async Task CallAsync(ServerProcess server, Func<byte[]> next, ConcurrentQueue<Timed> answers, Func<bool> goesOn)
    {
        using var connection = await KeptConnection.OpenAsync(server.Url);
        while (goesOn())
        {
            var request = next();
            var start = Stopwatch.GetTimestamp();
            var reply = await connection.AskAsync(request);
            answers.Enqueue(new Timed(reply, Stopwatch.GetElapsedTime(start)));
            await Task.Delay(Pause);
        }
    }
}

/// <summary>An answer, and how long it took as the client sees it.</summary>
internal sealed record Timed(Reply Reply, TimeSpan Took);

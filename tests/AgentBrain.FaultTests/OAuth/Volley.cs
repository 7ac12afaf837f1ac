using AgentBrain.FaultTests.Support;

namespace AgentBrain.FaultTests.OAuth;

/// <summary>64 connections to two servers, over which copies of one request go at once.</summary>
internal sealed class Volley : IDisposable
{
    public const int Copies = 64;

    private readonly KeptConnection[] _first;
    private readonly KeptConnection[] _second;

    private Volley(KeptConnection[] first, KeptConnection[] second) => (_first, _second) = (first, second);

    public static async Task<Volley> AimAsync(ServerProcess first, ServerProcess second) =>
        new(await KeptConnection.OpenAsync(first.Url, Copies / 2), await KeptConnection.OpenAsync(second.Url, Copies / 2));

    /// <summary>Sends all copies, in turns to one server and the other, and only then awaits the answers.</summary>
    /// <param name="request">The request.</param>
    /// <param name="halfway">What happens when half of them are under way.</param>
    public async Task<Salvo> FireAsync(byte[] request, Func<Task>? halfway = null)
    {
        var happening = Task.CompletedTask;
        for (var index = 0; index < Copies / 2; index++)
        {
            if (index == Copies / 4 && halfway is not null)
                happening = halfway();

            _first[index].Send(request);
            _second[index].Send(request);
        }

        var first = Task.WhenAll(_first.Select(connection => connection.ReceiveAsync()));
        var second = Task.WhenAll(_second.Select(connection => connection.ReceiveAsync()));
        await happening;
        return new Salvo(await first, await second);
    }

    public void Dispose()
    {
        foreach (var connection in _first.Concat(_second))
            connection.Dispose();
    }
}

/// <summary>The answers to the copies.</summary>
internal sealed record Salvo(IReadOnlyList<Reply> First, IReadOnlyList<Reply> Second)
{
    public IEnumerable<Reply> All => First.Concat(Second);

    public IEnumerable<Reply> Refused => All.Where(reply => !reply.IsAccepted);

    public int Accepted => All.Count(reply => reply.IsAccepted);

    /// <summary>What was answered, with how often.</summary>
    public override string ToString() => string.Join(", ", All.GroupBy(reply => reply.ToString(), StringComparer.Ordinal).Select(group => $"{group.Count()} × {group.Key}"));
}

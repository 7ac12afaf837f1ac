using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>
/// Which request a browser has just signed in for. A request with <c>prompt=login</c> asks for a sign-in, comes back from it the very
/// same, and must not ask again. In memory: what is forgotten costs one more sign-in.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class AnsweredPrompts(TimeProvider time)
{
    // One for each session, and sessions are made by signing in alone.
    private const int Capacity = 1024;
    private readonly ConcurrentDictionary<string, Answer> _answers = new(StringComparer.Ordinal);

    /// <summary>Notes that the owner signed in for a path.</summary>
    public void Add(string sessionId, string path)
    {
        if (_answers.Count >= Capacity)
            Sweep();

        _answers[sessionId] = new Answer(Digest(path), time.GetUtcNow() + SignedInOwner.Freshness);
    }

    /// <summary>Did the owner sign in for this path? It counts once.</summary>
    public bool Take(string sessionId, string path) =>
        _answers.TryGetValue(sessionId, out var answer)
        && answer.PathDigest == Digest(path)
        && _answers.TryRemove(new KeyValuePair<string, Answer>(sessionId, answer))
        && time.GetUtcNow() < answer.ExpiresAt;

    private void Sweep()
    {
        var now = time.GetUtcNow();
        foreach (var pair in _answers.Where(pair => pair.Value.ExpiresAt <= now))
            _answers.TryRemove(pair);

        if (_answers.Count >= Capacity)
            _answers.Clear();
    }

    private static string Digest(string path) => Base64UrlText.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(path)));

    private sealed record Answer(string PathDigest, DateTimeOffset ExpiresAt);
}

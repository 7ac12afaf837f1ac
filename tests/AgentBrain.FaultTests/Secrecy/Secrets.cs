using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;

namespace AgentBrain.FaultTests.Secrecy;

/// <summary>
/// All that must be found nowhere. It is searched for in pieces, since a log that cuts a text off would else hide that it has most of it.
/// </summary>
internal sealed class Secrets
{
    private const int Piece = 24;
    private const int Shortest = 16;

    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);

    public int Count => _names.Count;

    /// <summary>Adds a text, and gives it back.</summary>
    public string Keep(string name, string value)
    {
        Assert.True(value.Length >= Shortest, $"{name} is so short that it could be found by chance.");
        _names[value] = name;
        return value;
    }

    /// <summary>Adds a signed token or proof: payload and signature, and of the claims those that nobody can guess.</summary>
    public string KeepSigned(string name, string compact)
    {
        var parts = compact.Split('.');
        Keep(name + " payload", parts[1]);
        if (parts[2].Length > 0)
            Keep(name + " signature", parts[2]);

        using var payload = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]));
        foreach (var claim in new[] { "jti", "nonce", "ath" })
        {
            if (payload.RootElement.TryGetProperty(claim, out var value) && value.GetString() is { Length: >= Shortest } text)
                Keep($"{name} {claim}", text);
        }

        return compact;
    }

    /// <summary>Which are in some bytes, in whatever form, with what stands around.</summary>
    public IReadOnlyList<string> FindIn(string where, byte[] bytes)
    {
        var needles = Needles();
        var values = SearchValues.Create([.. needles.Keys], StringComparison.Ordinal);
        var text = Encoding.Latin1.GetString(bytes);
        var found = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            var next = text.AsSpan(at).IndexOfAny(values);
            if (next < 0)
                break;

            at += next;
            var needle = needles.Keys.First(needle => text.AsSpan(at).StartsWith(needle, StringComparison.Ordinal));
            var from = Math.Max(0, at - 160);
            found.Add($"{needles[needle]} in {where}: …{text[from..Math.Min(text.Length, at + needle.Length + 40)]}…");
            at += needle.Length;
        }

        return found;
    }

    private Dictionary<string, string> Needles()
    {
        var needles = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (value, name) in _names)
        {
            foreach (var form in Pieces(value).SelectMany(SecretForms.Of))
                needles.TryAdd(form, name);
        }

        return needles;
    }

    private static IEnumerable<string> Pieces(string value)
    {
        for (var at = 0; at + Piece < value.Length; at += Piece)
            yield return value.Substring(at, Piece);

        yield return value[Math.Max(0, value.Length - Piece)..];
    }
}

using System.Text;

namespace AgentBrain.OAuth.Tests.Tokens;

/// <summary>Spoils inputs, the same way each time for one seed.</summary>
internal sealed class Mutator(int seed)
{
    private static readonly byte[][] Pieces =
    [
        .. new[]
        {
            "\"", "{", "}", "[", "]", ",", ":", ".", "=", "-", "_", "null", "true", "false", "0", "1e999", "-1", "1e-400", "99999999999999999999999", "9223372036854775807",
            "\"\\ud800\"", "\\udc00", "\\u0000", "\\u0061", "\"iss\":", "\"alg\":\"none\",", "\"kid\":[],", "\"keys\":[", "\"cnf\":{},", "\"x\":{\"x\":", "{\"a\":1,\"a\":2}", "//", "/**/", " ", "\n", "eyJ",
        }.Select(Encoding.UTF8.GetBytes),
        [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xef, 0xbb, 0xbf], [0x00],
    ];

    private readonly Random _random = new(seed);

    /// <summary>How many inputs a fuzz test tries: <c>AGENT_BRAIN_FUZZ</c>, or what fits into every run.</summary>
    public static int Count => int.TryParse(Environment.GetEnvironmentVariable("AGENT_BRAIN_FUZZ"), out var count) ? count : 100_000;

    public int Next(int limit) => _random.Next(limit);

    /// <summary>One to four changes; never the same bytes again.</summary>
    public byte[] Mutate(byte[] input)
    {
        while (true)
        {
            var bytes = input.ToList();
            for (var i = Next(4); i >= 0; i--)
                Change(bytes);

            if (!bytes.SequenceEqual(input))
                return [.. bytes];
        }
    }

    private void Change(List<byte> bytes)
    {
        var at = Next(bytes.Count + 1);
        var length = Math.Min(Next(16) + 1, bytes.Count - at);
        switch (Next(8))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.InsertRange(Next(bytes.Count + 1), bytes.GetRange(at, length));
                break;
            case 4 when Next(4) == 0:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 5:
                bytes.RemoveRange(at, length);
                bytes.InsertRange(at, Pieces[Next(Pieces.Length)]);
                break;
            case 6 when at < bytes.Count:
                // A digit or letter for another keeps most of the structure, so that the change is seen further inside.
                bytes[at] = (byte)"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"[Next(64)];
                break;
            default:
                bytes.InsertRange(at, Pieces[Next(Pieces.Length)]);
                break;
        }
    }
}

using System.Text;
using System.Text.Json.Nodes;

namespace AgentBrain.OAuth.Tests.Dpop;

/// <summary>Makes of a proof that is right one that is not, in every way that we could think of.</summary>
internal sealed class ProofMutator(Random random, ProofMaker client, ProofMaker thief)
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private const string Odd = "=.,+/%\"\\ \t\r\n\0\u00e4\u212a\uff21\ud800";
    private static readonly string[] Required = ["jti", "htm", "htu", "iat", "ath"];
    private static readonly string[] Private = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
    private static readonly string[] Junk = ["null", "true", "[]", "{}", "[\"POST\"]", "{\"a\":{\"b\":[]}}"];

    /// <summary>A mutant of a proof; another one (<paramref name="second"/>) is where parts for an exchange come from.</summary>
    public string Mutate(string proof, string second) => random.Next(14) switch
    {
        0 or 1 => ReplaceCharacter(proof),
        2 => proof.Insert(random.Next(proof.Length + 1), AnyCharacter().ToString()),
        3 => proof.Remove(random.Next(proof.Length), 1),
        4 => proof[..random.Next(proof.Length)],
        5 => SpellAnotherWay(proof),
        6 => ExchangePart(proof, second),
        7 => FlipDecodedBit(proof),
        8 => WithAnotherKey(proof),
        9 => proof + (random.Next(2) == 0 ? "," : ".") + second,
        _ => Resigned(proof),
    };

    private char AnyCharacter() => random.Next(3) == 0 ? Odd[random.Next(Odd.Length)] : Alphabet[random.Next(Alphabet.Length)];

    private string ReplaceCharacter(string proof)
    {
        var at = random.Next(proof.Length);
        return string.Concat(proof.AsSpan(0, at), AnyCharacter().ToString(), proof.AsSpan(at + 1));
    }

    /// <summary>The same bytes to a lenient reader: padding, white space, unused bits, the other alphabet.</summary>
    private string SpellAnotherWay(string proof)
    {
        var parts = proof.Split('.');
        var at = random.Next(3);
        var part = parts[at];
        parts[at] = random.Next(6) switch
        {
            0 => part.PadRight((part.Length + 3) / 4 * 4, '='),
            1 => part + "==",
            2 => part.Insert(random.Next(part.Length + 1), Odd[random.Next(8, 12)].ToString()),
            3 => part[..^1] + Alphabet[(Alphabet.IndexOf(part[^1]) ^ (1 << random.Next(2))) % 64],
            4 => part.Replace('-', '+').Replace('_', '/') + "=",
            _ => part + "A",
        };
        return string.Join('.', parts);
    }

    private string ExchangePart(string proof, string second)
    {
        var (parts, others) = (proof.Split('.'), second.Split('.'));
        var at = random.Next(1, 3);
        parts[at] = others[at];
        return string.Join('.', parts);
    }

    private string FlipDecodedBit(string proof)
    {
        var parts = proof.Split('.');
        var at = random.Next(3);
        var bytes = System.Buffers.Text.Base64Url.DecodeFromChars(parts[at]);
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        parts[at] = ProofMaker.Encode(bytes);
        return string.Join('.', parts);
    }

    private string WithAnotherKey(string proof)
    {
        var (header, claims) = Read(proof);
        return random.Next(2) == 0 ? thief.Sign(header, claims) : thief.Sign(thief.Header().ToJsonString(), claims);
    }

    /// <summary>What its owner signed and is wrong all the same.</summary>
    private string Resigned(string proof)
    {
        var (header, claims) = Read(proof);
        var name = Required[random.Next(Required.Length)];
        return random.Next(10) switch
        {
            0 => client.Sign(Twice(header), claims),
            1 => client.Sign(header, Twice(claims)),
            2 => client.Sign(header, With(claims, name, Junk[random.Next(Junk.Length)])),
            3 => client.Sign(header, With(claims, "iat", HugeNumber())),
            4 => client.Sign(header, With(claims, "x", Deep())),
            5 => client.Sign(With(header, "x", Deep()), claims),
            6 => client.Sign(header[..random.Next(header.Length)], claims),
            7 => client.Sign(header, claims + Odd[random.Next(7)]),
            8 => client.Sign(header.Replace("\"kty\"", $"\"{Private[random.Next(Private.Length)]}\":{Junk[random.Next(Junk.Length)]},\"kty\""), claims),
            _ => client.Sign(Without(header, random.Next(3) switch { 0 => "typ", 1 => "alg", _ => "jwk" }), claims),
        };
    }

    private string HugeNumber() => random.Next(4) switch
    {
        0 => "1e" + new string('9', random.Next(1, 500)),
        1 => "-" + new string('9', random.Next(1, 1_000)),
        2 => new string('9', random.Next(13, 3_000)),
        _ => "0." + new string('0', random.Next(1_000)) + "1",
    };

    private string Deep()
    {
        var depth = random.Next(8, 1_500);
        return new string('[', depth) + (random.Next(2) == 0 ? new string(']', depth) : "");
    }

    private string Twice(string json)
    {
        var members = JsonNode.Parse(json)!.AsObject().ToList();
        var (name, value) = members[random.Next(members.Count)];
        var spelled = random.Next(2) == 0 ? name : $"\\u{(int)name[0]:x4}{name[1..]}";
        return random.Next(2) == 0
            ? $"{{\"{spelled}\":{value!.ToJsonString()},{json[1..]}"
            : $"{json[..^1]},\"{spelled}\":{value!.ToJsonString()}}}";
    }

    private static string With(string json, string name, string value) => $"{Without(json, name)[..^1]},\"{name}\":{value}}}";

    private static string Without(string json, string name)
    {
        var members = JsonNode.Parse(json)!.AsObject();
        members.Remove(name);
        return members.ToJsonString();
    }

    private static (string Header, string Claims) Read(string proof)
    {
        var parts = proof.Split('.');
        return (Decode(parts[0]), Decode(parts[1]));
    }

    private static string Decode(string part) => Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(part));
}

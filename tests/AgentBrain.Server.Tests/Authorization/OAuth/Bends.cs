using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>What attackers do to a finished JWT.</summary>
internal static class Bends
{
    /// <summary>Another last signature byte.</summary>
    public static string BreakSignature(string token) => Part(token, 2, static bytes =>
    {
        bytes[^1] ^= 1;
        return bytes;
    });

    /// <summary>Another payload under the old signature.</summary>
    public static string RewriteClaims(string token, Action<JsonObject> change) => Part(token, 1, bytes =>
    {
        var claims = JsonNode.Parse(bytes)!.AsObject();
        change(claims);
        return Encoding.UTF8.GetBytes(claims.ToJsonString());
    });

    /// <summary>Another header under the old signature.</summary>
    public static string RewriteHeader(string token, Action<JsonObject> change) => Part(token, 0, bytes =>
    {
        var header = JsonNode.Parse(bytes)!.AsObject();
        change(header);
        return Encoding.UTF8.GetBytes(header.ToJsonString());
    });

    /// <summary>A part of the token, changed as bytes.</summary>
    public static string Part(string token, int index, Func<byte[], byte[]> change)
    {
        var parts = token.Split('.');
        parts[index] = Base64UrlEncoder.Encode(change(Base64UrlEncoder.DecodeBytes(parts[index])));
        return string.Join('.', parts);
    }

    /// <summary>Signs with HMAC and whatever bytes an attacker can know, such as a public key (RFC 8725 §2.1).</summary>
    public static string Hmac(string token, byte[] secret, string? kid = null)
    {
        var header = JsonNode.Parse(Base64UrlEncoder.DecodeBytes(token.Split('.')[0]))!.AsObject();
        header["alg"] = "HS256";
        if (kid is not null)
            header["kid"] = kid;
        return Jws.Sign(header, JsonNode.Parse(Base64UrlEncoder.DecodeBytes(token.Split('.')[1]))!, data => HMACSHA256.HashData(secret, data));
    }

    /// <summary>Signs text that is no longer JSON of one meaning.</summary>
    public static string SignText(string header, string payload, SigningKey key)
    {
        var input = Base64UrlEncoder.Encode(Encoding.UTF8.GetBytes(header)) + "." + Base64UrlEncoder.Encode(Encoding.UTF8.GetBytes(payload));
        return input + "." + Base64UrlEncoder.Encode(key.Sign(Encoding.ASCII.GetBytes(input)));
    }

    /// <summary>The texts of header and payload.</summary>
    public static (string Header, string Payload) Texts(string token) => (Base64UrlEncoder.Decode(token.Split('.')[0]), Base64UrlEncoder.Decode(token.Split('.')[1]));

    /// <summary>The same signature in the form of X9.62, which JOSE does not use (RFC 7518 §3.4).</summary>
    public static Func<byte[], byte[]> Der(SigningKey key) => data => ((ECDsa)key.Pair).SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    /// <summary>The flattened JSON serialization (RFC 7515 §7.2.2), in the characters of a header.</summary>
    public static string ToJson(string token)
    {
        var parts = token.Split('.');
        return JsonSerializer.Serialize(new { @protected = parts[0], payload = parts[1], signature = parts[2] });
    }
}

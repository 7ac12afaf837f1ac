using System.Text.Json;
using System.Text.Json.Nodes;
using AgentBrain.OAuth.Issuers;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.OAuth.Tests.Tokens;

/// <summary>Claims of a good token, to be spoiled one at a time.</summary>
internal static class Claims
{
    public const string Issuer = "https://issuer.example/realm";
    public const string Resource = "https://brain.example/mcp";
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    public static IssuerSettings Settings { get; } = new() { Issuer = Issuer };

    public static FakeTimeProvider Clock() => new(Now);

    public static JsonObject Good(TimeSpan? age = null) => new()
    {
        ["iss"] = Issuer,
        ["sub"] = "alice",
        ["client_id"] = "editor",
        ["aud"] = Resource,
        ["scope"] = "agent-brain:read other",
        ["iat"] = (Now - (age ?? TimeSpan.Zero)).ToUnixTimeSeconds(),
        ["exp"] = Now.AddMinutes(15).ToUnixTimeSeconds(),
        ["jti"] = "t-1",
    };

    public static JsonObject With(string name, JsonNode? value)
    {
        var claims = Good();
        claims[name] = value;
        return claims;
    }

    /// <summary>A good token's claims with one member as that JSON text says it.</summary>
    public static JsonElement WithRaw(string name, string? json)
    {
        var claims = Good();
        claims.Remove(name);
        var text = claims.ToJsonString();
        return JsonElement.Parse(json is null ? text : $"{text[..^1]},\"{name}\":{json}}}");
    }

    public static JsonElement Element(this JsonObject claims) => JsonElement.Parse(claims.ToJsonString());
}

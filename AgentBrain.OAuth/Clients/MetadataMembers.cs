using System.Collections.Immutable;
using System.Text.Json;

namespace AgentBrain.OAuth.Clients;

/// <summary>Members of a client's metadata, read to their bounds.</summary>
internal static class MetadataMembers
{
    private const int MaxList = 32;
    private const int MaxText = 200;
    private const int MaxScope = 1000;

    /// <summary>A text; <c>null</c> when there is none. A JSON null is as good as no member.</summary>
    /// <param name="json">The metadata.</param>
    /// <param name="name">Its name.</param>
    /// <param name="most">Most characters.</param>
    /// <param name="problem">What is wrong with it.</param>
    public static string? Text(JsonElement json, string name, int most, ref MetadataProblem? problem)
    {
        if (!Has(json, name, out var value))
            return null;

        if (value.ValueKind != JsonValueKind.String)
            problem ??= MetadataProblem.Of(name, "is not a text");
        else if (value.GetString()!.Length > most)
            problem ??= MetadataProblem.Of(name, $"is longer than {most} characters");
        else if (value.GetString() is { Length: > 0 } text)
            return text;

        return null;
    }

    /// <summary>Texts in a list; <c>null</c> when there is none.</summary>
    public static ImmutableArray<string>? List(JsonElement json, string name, ref MetadataProblem? problem)
    {
        if (!Has(json, name, out var value))
            return null;

        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= MaxList && value.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.String))
            return [.. value.EnumerateArray().Select(static item => item.GetString()!)];

        problem ??= MetadataProblem.Of(name, $"is not a list of at most {MaxList} texts");
        return null;
    }

    /// <summary>Yes or no; no when there is none.</summary>
    public static bool Flag(JsonElement json, string name, ref MetadataProblem? problem)
    {
        if (!Has(json, name, out var value))
            return false;

        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            problem ??= MetadataProblem.Of(name, "is neither true nor false");

        return value.ValueKind == JsonValueKind.True;
    }

    /// <summary>Is it there, and not null?</summary>
    public static bool Has(JsonElement json, string name, out JsonElement value) => json.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>
    /// Texts that are told again and have no effect. Addresses of pages that are not https are left out: nobody shall be sent there.
    /// </summary>
    public static ImmutableSortedDictionary<string, string> Kept(JsonElement json, ref MetadataProblem? problem)
    {
        var texts = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var name in new[] { "client_uri", "logo_uri", "policy_uri", "tos_uri" })
        {
            if (Text(json, name, RedirectUri.MaxLength, ref problem) is { } address && RedirectUri.TryRead(address, out var uri, out _) && uri.Kind == RedirectUriKind.Https)
                texts[name] = address;
        }

        foreach (var (name, most) in new[] { ("software_id", MaxText), ("software_version", MaxText), ("scope", MaxScope) })
        {
            if (Text(json, name, most, ref problem) is { } text)
                texts[name] = text;
        }

        return texts.ToImmutable();
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentBrain.Server.Configuration.OAuth;

/// <summary>The file that <c>AGENT_BRAIN_BRAINS_FILE</c> names, as it is written. Unknown and repeated members stop the start.</summary>
internal sealed record BrainsFile
{
    private const long MaxBytes = 1024 * 1024;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PropertyNameCaseInsensitive = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>The authorization servers; absent to take the one of the <c>AGENT_BRAIN_OAUTH_*</c> settings.</summary>
    public ListedIssuer[] Issuers { get; init; } = [];

    /// <summary>The brains by name; <c>default</c> must be there.</summary>
    public required Dictionary<string, ListedBrain> Brains { get; init; }

    /// <summary>Reads the file.</summary>
    /// <exception cref="ConfigurationException">It cannot be read, others can change it, or it does not have the form above.</exception>
    public static BrainsFile Read(string path)
    {
        try
        {
            if (!File.Exists(path))
                throw Refuse(path, "which is no file; name a JSON file");

            var file = PrivateFile.FindUnchangeable(SettingNames.BrainsFile, path);
            if (file.Length > MaxBytes)
                throw Refuse(path, $"which is larger than {MaxBytes} bytes");

            return JsonSerializer.Deserialize<BrainsFile>(File.ReadAllBytes(file.FullName), Options) ?? throw Refuse(path, "which holds nothing");
        }
        catch (JsonException exception)
        {
            throw new ConfigurationException($"{SettingNames.BrainsFile} names {path}, which is not as it must be at {exception.Path ?? "its start"} (line {exception.LineNumber + 1}): {FirstSentence(exception.Message)}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{SettingNames.BrainsFile} names {path}, which cannot be read; let the server's user read it.", exception);
        }
    }

    private static string FirstSentence(string message)
    {
        var end = message.IndexOf(" Path:", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }

    private static ConfigurationException Refuse(string path, string why) => new($"{SettingNames.BrainsFile} names {path}, {why}.");
}

/// <summary>One authorization server in the file.</summary>
internal sealed record ListedIssuer
{
    public required string Issuer { get; init; }

    public string? Profile { get; init; }

    public string? JwksUri { get; init; }

    public ListedIntrospection? Introspection { get; init; }

    public string[]? TokenTypes { get; init; }

    public string[]? PayloadTypes { get; init; }

    public string[]? Algorithms { get; init; }

    public Dictionary<string, string>? Audiences { get; init; }

    public string[]? ClientIdClaims { get; init; }

    public string? ScopeClaim { get; init; }

    public string? RolesClaim { get; init; }

    public int? MaxLifetimeSeconds { get; init; }

    public string[]? Brains { get; init; }
}

/// <summary>Introspection in the file. The secret is in a file of its own.</summary>
internal sealed record ListedIntrospection
{
    public required string Url { get; init; }

    public required string ClientId { get; init; }

    public required string ClientSecretFile { get; init; }
}

/// <summary>One brain in the file.</summary>
internal sealed record ListedBrain
{
    public required string[] Roots { get; init; }

    public string? Dpop { get; init; }

    public bool MayOverlap { get; init; }

    public ListedAccess[] Access { get; init; } = [];
}

/// <summary>One rule in the file: exactly one of subject, role, client and everyone.</summary>
internal sealed record ListedAccess
{
    public string? Issuer { get; init; }

    public string? Subject { get; init; }

    public string? Role { get; init; }

    public string? Client { get; init; }

    public bool Everyone { get; init; }

    public required string[] Scopes { get; init; }
}

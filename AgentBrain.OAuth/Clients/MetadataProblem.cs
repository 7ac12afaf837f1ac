namespace AgentBrain.OAuth.Clients;

/// <summary>What is wrong with a client's metadata (RFC 7591 §3.2.2).</summary>
/// <param name="Error">The error code.</param>
/// <param name="Description">One sentence that names the member, and has nothing of its value in it.</param>
public sealed record MetadataProblem(string Error, string Description)
{
    /// <summary>The error code of redirect URIs.</summary>
    public const string InvalidRedirectUri = "invalid_redirect_uri";

    /// <summary>The error code of everything else.</summary>
    public const string InvalidClientMetadata = "invalid_client_metadata";

    internal static MetadataProblem Of(string member, string what) => new(InvalidClientMetadata, $"{member} {what}.");
}

using AgentBrain.OAuth.Issuers;

namespace AgentBrain.Server.Configuration.OAuth;

/// <summary>What the tokens of known products look like, where they differ from RFC 9068.</summary>
internal static class IssuerProfiles
{
    /// <summary>The names, for messages.</summary>
    public const string Names = "rfc9068, keycloak";

    /// <summary>The settings that a profile starts from.</summary>
    /// <returns><c>null</c> for a profile that is not known.</returns>
    public static IssuerSettings? Find(string issuer, string? profile) => profile switch
    {
        null or "rfc9068" => new IssuerSettings { Issuer = issuer },

        // Keycloak's access tokens have the header of any of its tokens; what they are stands in the payload. The client is in azp.
        "keycloak" => new IssuerSettings
        {
            Issuer = issuer,
            TokenTypes = ["JWT", "at+jwt"],
            PayloadTypes = ["Bearer", "DPoP"],
            ClientIdClaims = ["azp", "client_id"],
            RolesClaim = "realm_access.roles",
        },
        _ => null,
    };
}

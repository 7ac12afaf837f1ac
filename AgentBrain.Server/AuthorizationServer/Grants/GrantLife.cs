using AgentBrain.Server.AuthorizationServer.Storage;

namespace AgentBrain.Server.AuthorizationServer.Grants;

/// <summary>Whether a grant lives.</summary>
internal static class GrantLife
{
    extension(GrantRecord grant)
    {
        /// <summary>Is it neither revoked, nor over, nor of a state from before a restore?</summary>
        public bool IsAlive(DateTimeOffset now, long epoch) => grant.RevokedAt is null && now < grant.ExpiresAt && grant.Epoch >= epoch;
    }
}

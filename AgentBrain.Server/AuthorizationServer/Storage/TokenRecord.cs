using OpenIddict.EntityFrameworkCore.Models;

namespace AgentBrain.Server.AuthorizationServer.Storage;

/// <summary>What OpenIddict keeps by itself: pushed authorization requests. Codes and refresh tokens are ours.</summary>
internal sealed class TokenRecord : OpenIddictEntityFrameworkCoreToken<string, ClientRecord, AuthorizationRecord>;

using OpenIddict.EntityFrameworkCore.Models;

namespace AgentBrain.Server.AuthorizationServer.Storage;

/// <summary>OpenIddict's own authorizations are not used: <see cref="GrantRecord"/> has what we need of one. The type only completes the model.</summary>
internal sealed class AuthorizationRecord : OpenIddictEntityFrameworkCoreAuthorization<string, ClientRecord, TokenRecord>;

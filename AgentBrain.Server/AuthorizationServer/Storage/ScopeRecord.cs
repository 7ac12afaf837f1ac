using OpenIddict.EntityFrameworkCore.Models;

namespace AgentBrain.Server.AuthorizationServer.Storage;

/// <summary>Scopes are a fixed vocabulary; the type only completes OpenIddict's model.</summary>
internal sealed class ScopeRecord : OpenIddictEntityFrameworkCoreScope<string>;

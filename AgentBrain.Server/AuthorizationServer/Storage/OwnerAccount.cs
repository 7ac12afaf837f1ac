using Microsoft.AspNetCore.Identity;

namespace AgentBrain.Server.AuthorizationServer.Storage;

/// <summary>The owner, as ASP.NET Core Identity keeps accounts. There is one; its id is the subject of all of the owner's tokens.</summary>
internal sealed class OwnerAccount : IdentityUser
{
    /// <summary>When the account was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When the password was last set.</summary>
    public DateTimeOffset PasswordSetAt { get; set; }
}

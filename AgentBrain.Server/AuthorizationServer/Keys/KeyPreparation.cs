using AgentBrain.Server.Configuration;
using Microsoft.AspNetCore.DataProtection;

namespace AgentBrain.Server.AuthorizationServer.Keys;

/// <summary>Loads what there is and makes what is missing, before the port opens, and says how it is kept.</summary>
internal sealed partial class KeyPreparation(
    ServerSecrets secrets, SigningKeys keys, CookieKeys cookieKeys, IDataProtectionProvider protection, AtRest atRest, ISealer sealer, ILogger<KeyPreparation> logger)
{
    /// <summary>Does it.</summary>
    /// <exception cref="ConfigurationException">The key-encryption key is missing, or another one.</exception>
    public void Run()
    {
        secrets.LoadAsync().GetAwaiter().GetResult();
        keys.LoadAsync().GetAwaiter().GetResult();

        // The platform would swallow why it cannot read its keys, and make others, with which no cookie is good any more.
        _ = cookieKeys.GetAllElements();
        _ = protection.CreateProtector(nameof(KeyPreparation)).Protect([]);
        atRest.SealAsync().GetAwaiter().GetResult();
        if (!sealer.IsSealing)
            LogNotSealed(SettingNames.KekFile);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The authorization server's keys are not encrypted at rest, so whoever copies the data directory has them: put the output of openssl rand -base64 32 into a file elsewhere, with mode 0600, and name it with {Setting}.")]
    private partial void LogNotSealed(string setting);
}

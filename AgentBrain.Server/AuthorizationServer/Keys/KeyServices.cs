using AgentBrain.OAuth.Issuers;
using AgentBrain.Server.Configuration;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;
using OpenIddict.Server;

namespace AgentBrain.Server.AuthorizationServer.Keys;

/// <summary>Puts the keys together.</summary>
internal static class KeyServices
{
    /// <summary>Adds them.</summary>
    public static void AddKeys(this IServiceCollection services, AuthorizationServerSettings settings)
    {
        services.AddSingleton(provider => KeyEncryptionKey.Find(
            settings.KekFile, provider.GetRequiredService<IConfiguration>()[KeyEncryptionKey.CredentialsDirectory], provider.GetRequiredService<DataDirectory>()));
        services.AddSingleton<ServerSecrets>().AddSingleton<SigningKeys>().AddSingleton<KeyCompromise>();
        services.AddSingleton<ILocalKeySource, OwnKeySource>();
        services.AddSingleton<ProtocolKeys>();
        services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>>(static provider => provider.GetRequiredService<ProtocolKeys>());
        services.AddSingleton<IOptionsChangeTokenSource<OpenIddictServerOptions>>(static provider => provider.GetRequiredService<ProtocolKeys>());
        services.AddHostedService<KeyRotation>();
        services.AddSingleton<AtRest>().AddSingleton<CookieKeys>().AddSingleton<KeyPreparation>();
        services.AddDataProtection().SetApplicationName("agent-brain");
        services.AddOptions<KeyManagementOptions>().Configure<CookieKeys>(static (options, keys) => options.XmlRepository = keys);

        // It warns of keys in the clear, since it does not know that they are sealed whole; where they are not, we say so ourselves.
        services.AddLogging(static logging => logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error));
    }

    /// <summary>Loads what there is and makes what is missing, before the port opens.</summary>
    /// <exception cref="ConfigurationException">The key-encryption key is missing, or another one.</exception>
    public static void PrepareKeys(this IServiceProvider services) => services.GetRequiredService<KeyPreparation>().Run();
}

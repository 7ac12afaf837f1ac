using AgentBrain.OAuth.Clients;
using AgentBrain.Server.AuthorizationServer.Clients.Registration;
using AgentBrain.Server.AuthorizationServer.Storage;

namespace AgentBrain.Server.AuthorizationServer.Clients;

/// <summary>Adds clients: how they are found, registered and forgotten.</summary>
internal static class ClientServices
{
    /// <summary>Adds them.</summary>
    public static void AddClients(this IServiceCollection services, AuthorizationServerSettings settings)
    {
        services.AddSingleton<INameResolver, SystemNameResolver>();
        services.AddSingleton(new DocumentLimits { AllowLoopback = new Uri(settings.Issuer).IsLoopback });
        services.AddSingleton<DocumentFetcher>();
        services.AddSingleton<ClientAdmission>().AddSingleton<ClientDocuments>().AddSingleton<ClientDirectory>().AddSingleton<ClientUse>().AddSingleton<ClientRegistration>().AddSingleton<NewClientRules>();
        services.AddSingleton<RegistrationLimits>().AddSingleton<RegistrationStore>().AddSingleton<RegistrationBody>().AddSingleton<RegistrationAnswers>();
        services.AddSingleton<ClientKeyRefresh>().AddHostedService<ClientUpkeep>();
        services.AddOpenIddict()
            .AddCore(static core => core.ReplaceApplicationManager<ClientRecord, ClientManager>())
            .AddServer(static server => server.AddEventHandler(ResolveClient.Descriptor).AddEventHandler(NoteClientUse.Descriptor));
    }
}

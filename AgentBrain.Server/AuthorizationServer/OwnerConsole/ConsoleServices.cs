namespace AgentBrain.Server.AuthorizationServer.OwnerConsole;

/// <summary>Adds the console, and maps it.</summary>
internal static class ConsoleServices
{
    /// <summary>Adds it.</summary>
    public static void AddConsole(this IServiceCollection services) => services
        .AddSingleton<ConsoleReader>()
        .AddSingleton<ClientRemoval>()
        .AddSingleton<ConsoleEndpoints>();

    /// <summary>Maps it.</summary>
    public static void MapConsole(this IEndpointRouteBuilder endpoints) => endpoints.ServiceProvider.GetRequiredService<ConsoleEndpoints>().Map(endpoints);
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace AgentBrain.ServiceDefaults;

/// <summary>What every service of the product does alike.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>The path that answers 200 when the service can serve.</summary>
    public const string HealthPath = "/health";

    /// <summary>The path that answers 200 when the process runs.</summary>
    public const string AlivePath = "/alive";

    private const string LiveTag = "live";

    /// <summary>Adds telemetry, health checks, service discovery, and resilience for outgoing HTTP.</summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="instruments">Names of the service's own activity sources and meters.</param>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder, params string[] instruments)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddTelemetry(instruments);
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag]);
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(static http =>
        {
            http.AddStandardResilienceHandler();
            http.AddServiceDiscovery();
        });
        return builder;
    }

    /// <summary>
    /// Maps <see cref="HealthPath"/> and <see cref="AlivePath"/>, in every environment and for everybody: they answer with a status
    /// and nothing else.
    /// </summary>
    /// <param name="endpoints">The service's endpoints.</param>
    public static void MapDefaultEndpoints(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        endpoints.MapHealthChecks(HealthPath, new HealthCheckOptions { ResponseWriter = static (_, _) => Task.CompletedTask }).AllowAnonymous();
        endpoints.MapHealthChecks(AlivePath, new HealthCheckOptions
        {
            Predicate = static check => check.Tags.Contains(LiveTag),
            ResponseWriter = static (_, _) => Task.CompletedTask,
        }).AllowAnonymous();
    }
}

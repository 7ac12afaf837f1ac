using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace AgentBrain.ServiceDefaults;

/// <summary>Traces, metrics and logs. They leave the process only when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names a collector.</summary>
internal static class TelemetryExtensions
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Adds OpenTelemetry.</summary>
    public static void AddTelemetry(this IHostApplicationBuilder builder, string[] instruments)
    {
        // Message text and scopes of log lines are ours; formatted messages make them readable in a collector.
        builder.Logging.AddOpenTelemetry(static logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = false;
        });

        var telemetry = builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter("Microsoft.AspNetCore.Authentication", "Microsoft.AspNetCore.Authorization")
                .AddMeter(instruments))
            .WithTracing(tracing => tracing
                .AddSource(builder.Environment.ApplicationName)
                .AddSource(instruments)
                .AddProcessor(new AttributeHygiene())
                .AddAspNetCoreInstrumentation(static options => options.Filter = static context =>
                    context.Request.Path != ServiceDefaultsExtensions.HealthPath && context.Request.Path != ServiceDefaultsExtensions.AlivePath)
                .AddHttpClientInstrumentation());

        if (!string.IsNullOrWhiteSpace(builder.Configuration[Endpoint]))
            telemetry.UseOtlpExporter();
    }
}

using AgentBrain.Server.Authorization;
using AgentBrain.Server.Authorization.Tokens;

namespace AgentBrain.Server.Hosting;

/// <summary>What the log shows by default, in every transport, and what it never shows.</summary>
internal static class HostLogging
{
    /// <summary>
    /// Below warnings these write whole URLs, query strings included, malformed headers, and the messages of callers: a token may be in any
    /// of them, where a client put it by mistake. What calls others writes headers, and the ones with our secrets it masks in the text of
    /// an entry but not in its fields, which a collector gets as well.
    /// </summary>
    private static readonly string[] Talkative = ["Microsoft.AspNetCore", "ModelContextProtocol", "System.Net.Http", "Microsoft.EntityFrameworkCore", "OpenIddict"];

    /// <summary>One safe line an entry, and no line twice: a refused credential is told by the step that answers it.</summary>
    public static void Quiet(ILoggingBuilder logging)
    {
        SafeConsoleFormatter.Use(logging);
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        logging.AddFilter("ModelContextProtocol", LogLevel.Warning);
        logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);
        logging.AddFilter("OpenIddict", LogLevel.Warning);

        // Anybody may ask for health, and each part tells by itself, once, when it is not well and why.
        logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical);
        logging.Services.PostConfigure<LoggerFilterOptions>(Limit);
        logging.AddFilter(typeof(BasicAuthenticationHandler).FullName, LogLevel.Warning);
        logging.AddFilter(typeof(OAuthAuthenticationHandler).FullName, LogLevel.Warning);
    }

    /// <summary>
    /// Binds every rule to <see cref="IsHarmless"/>. One more rule would not do: a level that is set for one logger, or for a category
    /// further down, is chosen before it.
    /// </summary>
    private static void Limit(LoggerFilterOptions options)
    {
        for (var index = 0; index < options.Rules.Count; index++)
        {
            var rule = options.Rules[index];
            options.Rules[index] = new LoggerFilterRule(
                rule.ProviderName, rule.CategoryName, rule.LogLevel, (provider, category, level) => IsHarmless(category, level) && rule.Filter?.Invoke(provider, category, level) != false);
        }
    }

    private static bool IsHarmless(string? category, LogLevel level) =>
        level >= LogLevel.Warning || !Talkative.Any(prefix => category?.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) == true);
}

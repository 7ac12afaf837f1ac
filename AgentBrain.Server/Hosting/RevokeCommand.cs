using AgentBrain.OAuth.Replay;
using AgentBrain.OAuth.Revocation;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Configuration.OAuth;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace AgentBrain.Server.Hosting;

/// <summary>
/// <c>revoke</c>: takes access away before its tokens end, on every server that reads revocations from the same Redis. What the
/// issuer gives out afterwards is good again, so the issuer should be told first.
/// </summary>
internal static class RevokeCommand
{
    private const string Usage = "revoke takes --subject ID, with --client ID for one program of that subject alone; or --session SID; or --token JTI; and --issuer URL unless AGENT_BRAIN_OAUTH_ISSUER or AGENT_BRAIN_BRAINS_FILE names one";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly string[] Names = ["--issuer", "--subject", "--client", "--session", "--token"];

    /// <summary>Runs the command.</summary>
    /// <param name="args">What stands behind its name.</param>
    /// <param name="configuration">The environment.</param>
    /// <param name="output">Where it says what it did.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ConfigurationException">An argument or a setting is wrong, or Redis does not answer.</exception>
    public static async Task RunAsync(IReadOnlyList<string> args, IConfiguration configuration, TextWriter output, TimeProvider time)
    {
        var options = Parse(args);
        var issuer = Issuer(options.GetValueOrDefault("--issuer"), configuration);
        var target = Target(issuer, options);
        var connection = RedisSource.Read(configuration) ?? throw new ConfigurationException($"{SettingNames.Redis} is not set; revocations are shared through the Redis that the servers use.");
        await RevokeAsync(connection, target, time);
        await output.WriteLineAsync($"Revoked: {string.Join(' ', options.Where(option => option.Key != "--issuer").Select(option => $"{option.Key[2..]} {option.Value}"))} of issuer {issuer}.");
        await output.WriteLineAsync($"Servers with {SettingNames.OAuthRevocations}=redis refuse it within seconds and end its streams. Ids are compared character by character, and what does not exist is revoked all the same.");
    }

    private static async Task RevokeAsync(string connection, RevocationTarget target, TimeProvider time)
    {
        var isSent = false;
        try
        {
            await using var redis = new RedisConnection(connection, time, Patience);

            // By Redis's clock: this machine's may be behind, and then what was issued since would stay good.
            var now = await redis.TimeAsync(CancellationToken.None);
            isSent = true;
            await new RedisRevocations(redis, new Revocations(time), time, NullLogger<RedisRevocations>.Instance).RevokeAsync(target, now);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or FormatException)
        {
            throw new ConfigurationException(
                isSent
                    ? $"It is not known whether it is revoked: {SettingNames.Redis} did not confirm it ({exception.GetType().Name}); run it again, which does no harm."
                    : $"Nothing is revoked: {SettingNames.Redis} gave no answer ({exception.GetType().Name}).",
                exception);
        }
    }

    /// <summary>The issuer that is meant. A revocation at one that no server knows would look like one, and take nothing away.</summary>
    private static string Issuer(string? named, IConfiguration configuration)
    {
        var known = KnownIssuers(configuration);
        var issuer = named ?? (known is [var only] ? only : throw new ConfigurationException(known is [] ? $"{Usage}." : $"revoke needs --issuer, one of {string.Join(", ", known)}."));
        return known is [] || known.Contains(issuer, StringComparer.Ordinal)
            ? issuer
            : throw new ConfigurationException($"No token of the issuer {issuer} is taken; write --issuer as it is configured, to the last slash: {string.Join(", ", known)}.");
    }

    private static string[] KnownIssuers(IConfiguration configuration)
    {
        var listed = Text(configuration, SettingNames.BrainsFile) is { } file ? BrainsFile.Read(file).Issuers.Select(entry => entry.Issuer) : [];
        return [.. (Text(configuration, SettingNames.OAuthIssuer) is { } issuer ? listed.Prepend(issuer) : listed).Distinct(StringComparer.Ordinal)];
    }

    private static string? Text(IConfiguration configuration, string name) => configuration[name] is { Length: > 0 } text ? text : null;

    private static Dictionary<string, string> Parse(IReadOnlyList<string> args)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Count; i += 2)
        {
            if (!Names.Contains(args[i], StringComparer.Ordinal) || i + 1 == args.Count || args[i + 1].Length == 0 || !options.TryAdd(args[i], args[i + 1]))
                throw new ConfigurationException($"{Usage}.");
        }

        return options;
    }

    private static RevocationTarget Target(string issuer, Dictionary<string, string> options) => options.Keys.Except(["--issuer"], StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray() switch
    {
        ["--subject"] => RevocationTarget.Subject(issuer, options["--subject"]),
        ["--client", "--subject"] => RevocationTarget.Grant(issuer, options["--client"], options["--subject"]),
        ["--session"] => RevocationTarget.Session(issuer, options["--session"]),
        ["--token"] => RevocationTarget.Token(issuer, options["--token"]),
        _ => throw new ConfigurationException($"{Usage}."),
    };
}

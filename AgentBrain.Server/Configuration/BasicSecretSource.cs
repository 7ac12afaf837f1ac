using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using AgentBrain.OAuth.Challenges;

namespace AgentBrain.Server.Configuration;

/// <summary>
/// Reads the one or two secrets of the basic mode from a file or a variable: one a line, or separated by a comma. Two are valid at
/// once, so that a secret can be rotated without a moment in which nobody gets in.
/// </summary>
internal static class BasicSecretSource
{
    private const string HowToMake = "make one with: openssl rand -base64 48";

    /// <summary>Reads and judges the secrets.</summary>
    /// <exception cref="ConfigurationException">None, too many, too weak, or a file that others can read.</exception>
    public static ImmutableArray<BasicSecret> Read(IConfiguration configuration)
    {
        var variable = configuration[SettingNames.BasicSecret];
        var file = configuration[SettingNames.BasicSecretFile];
        if (!string.IsNullOrWhiteSpace(variable) && !string.IsNullOrWhiteSpace(file))
            throw new ConfigurationException($"{SettingNames.BasicSecret} and {SettingNames.BasicSecretFile} are both set; keep one of them.");

        if (!string.IsNullOrWhiteSpace(file))
            return Parse(SecretFile.Read(SettingNames.BasicSecretFile, file), SettingNames.BasicSecretFile);

        if (string.IsNullOrWhiteSpace(variable))
            throw new ConfigurationException($"{SettingNames.Auth}=basic needs a secret in {SettingNames.BasicSecretFile} or {SettingNames.BasicSecret}; {HowToMake}");

        return Parse(variable, SettingNames.BasicSecret);
    }

    private static ImmutableArray<BasicSecret> Parse(string text, string setting)
    {
        var secrets = text.Split(['\n', '\r', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (secrets.Length is 0 or > 2)
            throw new ConfigurationException($"{setting} must hold one secret, or two during a rotation, and holds {secrets.Length}; {HowToMake}");

        if (secrets.Length == 2 && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(secrets[0]), Encoding.UTF8.GetBytes(secrets[1])))
            throw new ConfigurationException($"{setting} holds the same secret twice; keep one, or put the new one beside it.");

        foreach (var secret in secrets)
            Judge(secret, setting);

        return [.. secrets.Select(secret => new BasicSecret(secret))];
    }

    private static void Judge(string secret, string setting)
    {
        if (!BearerSyntax.IsToken(secret))
            throw new ConfigurationException($"{setting} holds a character that a bearer token cannot have (allowed are A-Z a-z 0-9 - . _ ~ + / and = at the end); {HowToMake}");

        if (secret.Length < SecretStrength.MinLength || SecretStrength.EstimateBits(secret) < SecretStrength.MinBits)
            throw new ConfigurationException($"{setting} holds a secret that is too easy to guess ({SecretStrength.MinLength} characters and {SecretStrength.MinBits} bits are the least); {HowToMake}");
    }
}

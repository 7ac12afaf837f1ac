using System.Collections.Frozen;

namespace AgentBrain.Server.Brains.Files;

/// <summary>Names that key, credential and environment files have. Such files are not even opened. Case does not matter.</summary>
internal static class SecretNames
{
    private static readonly FrozenSet<string> Directories =
        new[] { ".ssh", ".aws", ".gnupg", ".kube", ".docker", ".azure" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Files = new[]
    {
        ".env", ".netrc", "_netrc", ".pgpass", ".npmrc", ".pypirc", ".git-credentials", ".htpasswd", "credentials", "credentials.json", "secrets.json",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Suffixes = [".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".kdbx"];

    private static readonly string[] KeyPrefixes = ["id_rsa", "id_ed25519", "id_ecdsa", "id_dsa"];

    private static readonly string[] HarmlessEnvironments = [".example", ".sample", ".template"];

    /// <summary>Whether everything in a directory of this name is secret.</summary>
    public static bool IsSecretDirectory(string name) => Directories.Contains(name);

    /// <summary>Whether a file of this name is secret.</summary>
    public static bool IsSecretFile(string name) =>
        Files.Contains(name)
        || IsEnvironment(name)
        || Suffixes.Any(suffix => name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
        || (KeyPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) && !name.EndsWith(".pub", StringComparison.OrdinalIgnoreCase))
        || name.Contains(".tfstate", StringComparison.OrdinalIgnoreCase)
        || (name.StartsWith("service-account", StringComparison.OrdinalIgnoreCase) && name.EndsWith(".json", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a file is secret by its name or by one of the directories of its canonical path.</summary>
    public static bool IsSecretPath(string relativePath)
    {
        var segments = relativePath.Split('/');
        return segments.SkipLast(1).Any(IsSecretDirectory) || IsSecretFile(segments[^1]);
    }

    private static bool IsEnvironment(string name) =>
        name.StartsWith(".env.", StringComparison.OrdinalIgnoreCase)
        && !HarmlessEnvironments.Any(suffix => name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase));
}

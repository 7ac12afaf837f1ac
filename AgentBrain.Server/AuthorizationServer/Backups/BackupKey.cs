using System.Buffers.Text;
using System.Security.Cryptography;
using AgentBrain.Server.AuthorizationServer.Commands;

namespace AgentBrain.Server.AuthorizationServer.Backups;

/// <summary>The key of backups: 32 random bytes, written in base64url. It is never in a backup, nor in the data directory.</summary>
internal static class BackupKey
{
    /// <summary>Its bytes.</summary>
    public const int Bytes = 32;

    private const int Digits = 43;

    /// <summary>Makes a key.</summary>
    public static byte[] Create() => RandomNumberGenerator.GetBytes(Bytes);

    /// <summary>A key as text.</summary>
    public static string Write(byte[] key) => Base64Url.EncodeToString(key);

    /// <summary>Reads a key: base64url, or base64 as other tools write it (<c>openssl rand -base64 32</c>).</summary>
    /// <exception cref="CommandException">It is no key.</exception>
    public static byte[] Parse(string text)
    {
        var key = new byte[Bytes];
        var digits = text.Trim().TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return digits.Length == Digits && Base64Url.IsValid(digits) && Base64Url.TryDecodeFromChars(digits, key, out var count) && count == Bytes
            ? key
            : throw new CommandException($"The key file does not hold a key: that is {Bytes} bytes in base64, as backup prints it and openssl rand -base64 {Bytes} makes it.");
    }
}

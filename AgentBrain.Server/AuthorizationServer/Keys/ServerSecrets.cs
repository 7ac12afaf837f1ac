using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.AuthorizationServer.Keys;

/// <summary>
/// Secrets of the server's own. There is one at rest, made in the first run and loaded before the port opens; the others follow from
/// it by name, so that to ask for one never waits for the database.
/// </summary>
internal sealed class ServerSecrets(AuthorityStore store, ISealer sealer, TimeProvider time)
{
    /// <summary>The name of the one that is kept.</summary>
    public const string Root = "root";

    private const int Bytes = 32;
    private readonly ConcurrentDictionary<string, byte[]> _derived = new(StringComparer.Ordinal);
    private byte[]? _root;

    /// <summary>The secret of a name, 32 bytes; the same in every later run. Do not change what is in it.</summary>
    public byte[] Get(string name) => _derived.GetOrAdd(name, static (name, root) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, root, Bytes, salt: [], info: Encoding.UTF8.GetBytes("agent-brain/secret/" + name)), _root ?? throw new InvalidOperationException("The secrets were not loaded."));

    /// <summary>Reads the one that is kept, or makes it.</summary>
    /// <exception cref="ConfigurationException">It is damaged, or cannot be read with the key-encryption key that there is.</exception>
    public Task LoadAsync() => store.WriteAsync(async context =>
    {
        if (await context.Secrets.FindAsync(Root) is { } kept)
        {
            var opened = sealer.Open(Purpose(Root), kept.Value, kept.IsSealed);
            _root = opened.Length == Bytes ? opened : throw new ConfigurationException($"The server's secret in {SettingNames.Data} is damaged; restore a backup.");
            return;
        }

        _root = RandomNumberGenerator.GetBytes(Bytes);
        context.Add(new ServerSecret { Name = Root, Value = sealer.Seal(Purpose(Root), _root), IsSealed = sealer.IsSealing, CreatedAt = time.GetUtcNow() });
    });

    /// <summary>What a secret is sealed for: this one, and no other.</summary>
    internal static string Purpose(string name) => "secret/" + name;
}

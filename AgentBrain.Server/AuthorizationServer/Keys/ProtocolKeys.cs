using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;

namespace AgentBrain.Server.AuthorizationServer.Keys;

/// <summary>Gives the keys to OpenIddict, and has it read its options again when they change.</summary>
internal sealed class ProtocolKeys : IConfigureOptions<OpenIddictServerOptions>, IOptionsChangeTokenSource<OpenIddictServerOptions>, IDisposable
{
    private readonly SigningKeys _keys;
    private readonly ServerSecrets _secrets;
    private CancellationTokenSource _change = new();

    public ProtocolKeys(SigningKeys keys, ServerSecrets secrets)
    {
        (_keys, _secrets) = (keys, secrets);
        _keys.Changed += Tell;
    }

    /// <inheritdoc/>
    public string Name => Options.DefaultName;

    /// <inheritdoc/>
    public IChangeToken GetChangeToken() => new CancellationChangeToken(Volatile.Read(ref _change).Token);

    /// <inheritdoc/>
    public void Configure(OpenIddictServerOptions options)
    {
        // OpenIddict signs with the first, and publishes and believes all. What it encrypts are its own notes, which nobody else opens.
        foreach (var key in _keys.Published)
            options.SigningCredentials.Add(new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256));

        var secret = new SymmetricSecurityKey(_secrets.Get("protocol-encryption")) { KeyId = "own" };
        options.EncryptionCredentials.Add(new EncryptingCredentials(secret, SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _keys.Changed -= Tell;
        _change.Dispose();
    }

    /// <summary>The new token is there before the old one fires: whoever hears of it asks for the next at once.</summary>
    private void Tell(object? sender, EventArgs e)
    {
        using var before = Interlocked.Exchange(ref _change, new CancellationTokenSource());
        before.Cancel();
    }
}

using System.Collections.Immutable;
using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Configuration;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;

namespace AgentBrain.Server.AuthorizationServer.Keys;

/// <summary>
/// The keys that sign access tokens, loaded before the port opens. A key is published a while before it signs and for as long as
/// tokens of it live; one that was stolen is gone at once.
/// </summary>
internal sealed class SigningKeys(AuthorityStore store, ISealer sealer, ActivityLog activities, AuthorizationServerSettings settings, TimeProvider time) : IDisposable
{
    // Between the transaction and what follows from it in memory nobody may come between, or a key that was withdrawn could come back.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SigningKeyTimes _times = new(settings.AccessTokenLifetime);
    private volatile SigningKeyRing? _ring;

    /// <summary>Raised when the keys changed.</summary>
    public event EventHandler? Changed;

    /// <summary>The key that signs now.</summary>
    public ECDsaSecurityKey Current => Ring.Current;

    /// <summary>All keys that are published, the current first: the next, and those whose tokens may live.</summary>
    public ImmutableArray<ECDsaSecurityKey> Published => Ring.Published;

    /// <summary>All keys that are known, for the owner to see.</summary>
    public ImmutableArray<SigningKeyInfo> All => [.. Ring.Keys.Select(static key => key.Info)];

    /// <summary>The keys as they are now, in one piece.</summary>
    internal SigningKeyRing Ring => _ring ?? throw new InvalidOperationException("The signing keys were not loaded.");

    /// <summary>Reads the keys, and makes the first.</summary>
    /// <exception cref="ConfigurationException">They cannot be read with the key-encryption key that there is.</exception>
    public Task LoadAsync() => ChangeAsync(static _ => true);

    /// <summary>Does what time demands: makes the next key, lets it take over, takes away those that are over.</summary>
    public Task AdvanceAsync(CancellationToken cancellationToken = default) =>
        time.GetUtcNow() < Ring.DueAt ? Task.CompletedTask : ChangeAsync(static _ => true, cancellationToken);

    /// <summary>Publishes a new key, which signs from <see cref="SigningKeyTimes.PublishAhead"/> on.</summary>
    /// <returns>The new key, or the one that waited for its turn already.</returns>
    public async Task<SigningKeyInfo> RotateAsync(CancellationToken cancellationToken = default)
    {
        await ChangeAsync(static life => life.Prepare(), cancellationToken);
        return All.First(static key => key.State == SigningKeyState.Next);
    }

    /// <summary>
    /// Takes a key that was stolen away, and has a key sign that was made after that. <see cref="KeyCompromise"/> does this and what
    /// follows for grants.
    /// </summary>
    /// <returns>False when there is no such key.</returns>
    internal Task<bool> WithdrawAsync(string id, string? addressPrefix, CancellationToken cancellationToken = default) =>
        ChangeAsync(life => life.Withdraw(id, addressPrefix), cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<bool> ChangeAsync(Func<SigningKeyLife, bool> change, CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var before = _ring;
            var (done, ring) = await store.WriteAsync(
                async context =>
                {
                    var life = new SigningKeyLife(context, await context.SigningKeys.ToListAsync(CancellationToken.None), _times, time.GetUtcNow(), sealer, activities);
                    life.Advance();
                    var result = change(life);
                    return (result, life.ToRing(before));
                },
                cancellationToken);
            _ring = ring;
            if (!ReferenceEquals(ring, before))
                Changed?.Invoke(this, EventArgs.Empty);

            return done;
        }
        finally
        {
            _turn.Release();
        }
    }
}

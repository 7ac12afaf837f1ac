using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.AspNetCore.Identity;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>
/// Hashes passwords, a few at a time: each hash keeps a core busy for a tenth of a second, and whoever may post to the sign-in page
/// would otherwise decide how much is left for the rest (SR-27).
/// </summary>
/// <param name="hasher">Identity's: PBKDF2-HMAC-SHA-512, with the iterations that <see cref="OwnerServices"/> states.</param>
internal sealed class PasswordHashing(IPasswordHasher<OwnerAccount> hasher) : IDisposable
{
    /// <summary>Hashes at a time.</summary>
    public const int AtOnce = 2;

    /// <summary>Most that wait for their turn; more are turned away.</summary>
    public const int Waiting = 20;

    private static readonly OwnerAccount Nobody = new();
    private readonly SemaphoreSlim _turns = new(AtOnce, AtOnce);
    private readonly Lazy<string> _dummy = new(() => hasher.HashPassword(Nobody, SecretText.New()));
    private int _inside;

    /// <summary>Hashes a password.</summary>
    /// <returns>The hash; <c>null</c> when too many wait.</returns>
    public Task<string?> HashAsync(string password, CancellationToken cancellationToken) =>
        InTurnAsync(() => hasher.HashPassword(Nobody, password), cancellationToken);

    /// <summary>Holds a password against a hash; without a hash it does the same work and says no.</summary>
    /// <returns>What came out; <c>null</c> when too many wait.</returns>
    public async Task<PasswordVerificationResult?> VerifyAsync(string? hash, string password, CancellationToken cancellationToken)
    {
        var result = await InTurnAsync(() => (object)hasher.VerifyHashedPassword(Nobody, hash ?? _dummy.Value, password), cancellationToken);
        return result is null ? null : hash is null ? PasswordVerificationResult.Failed : (PasswordVerificationResult)result;
    }

    /// <summary>Makes the hash that stands for a missing one, so that the first failure takes no longer than the next.</summary>
    public void Warm() => _ = _dummy.Value;

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    private async Task<T?> InTurnAsync<T>(Func<T> work, CancellationToken cancellationToken)
        where T : class
    {
        if (Interlocked.Increment(ref _inside) > AtOnce + Waiting)
        {
            Interlocked.Decrement(ref _inside);
            return null;
        }

        try
        {
            await _turns.WaitAsync(cancellationToken);
            try
            {
                return await Task.Run(work, CancellationToken.None);
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }
}

using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.AspNetCore.Identity;

namespace AgentBrain.Server.Tests.AuthorizationServer.Owner;

/// <summary>Hashes at once or, until it is released, not at all; counts how many hash at a time.</summary>
internal sealed class HeldHasher(bool isHeld = true) : IPasswordHasher<OwnerAccount>, IDisposable
{
    private readonly ManualResetEventSlim _gate = new(!isHeld);
    private int _running;
    private int _most;
    private int _verified;

    public int Most => _most;

    public int Running => Volatile.Read(ref _running);

    public int Verified => _verified;

    public void Hold() => _gate.Reset();

    public void Release() => _gate.Set();

    public string HashPassword(OwnerAccount user, string password) => Work(() => "hash of " + password);

    public PasswordVerificationResult VerifyHashedPassword(OwnerAccount user, string hashedPassword, string providedPassword)
    {
        Interlocked.Increment(ref _verified);
        return Work(() => hashedPassword == "hash of " + providedPassword ? PasswordVerificationResult.Success : PasswordVerificationResult.Failed);
    }

    public void Dispose() => _gate.Dispose();

    private T Work<T>(Func<T> work)
    {
        var running = Interlocked.Increment(ref _running);
        for (var most = _most; running > most; most = _most)
            Interlocked.CompareExchange(ref _most, running, most);

        _gate.Wait();
        Interlocked.Decrement(ref _running);
        return work();
    }
}

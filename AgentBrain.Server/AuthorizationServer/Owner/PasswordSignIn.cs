using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>Judges the owner's password. Every failure costs the same work and gives the same answer.</summary>
internal sealed class PasswordSignIn(AuthorityStore store, SignInLimits limits, PasswordHashing hashing)
{
    /// <summary>The name of the method in sessions and activities.</summary>
    public const string Method = "password";

    /// <summary>Judges it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="user">The name that was given.</param>
    /// <param name="password">The password that was given.</param>
    public async Task<SignInOutcome> TryAsync(HttpContext context, string? user, string? password)
    {
        var (attempt, refused) = await limits.BeginAsync(context, Method);
        if (attempt is null)
            return refused!;

        var owner = await store.ReadAsync(OwnerAccounts.FindAsync);
        var isPlausible = user == OwnerAccounts.UserName && password is { Length: > 0 and <= PasswordRules.MaxLength };
        var hash = isPlausible ? owner?.PasswordHash : null;
        PasswordVerificationResult? result;
        try
        {
            result = await hashing.VerifyAsync(hash, isPlausible ? password! : "", context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // Whoever goes away while the attempt waits has learned nothing.
            limits.Undo(attempt);
            throw;
        }

        switch (result)
        {
            case null:
                limits.Undo(attempt);
                return new SignInOutcome(null, Reasons.SignInBusy, TimeSpan.FromSeconds(2));
            case PasswordVerificationResult.Failed:
                await limits.FailAsync(context, Method);
                return SignInOutcome.Wrong;
            default:
                limits.Succeed(attempt);
                if (result is PasswordVerificationResult.SuccessRehashNeeded)
                    await RehashAsync(owner!, password!, context.RequestAborted);
                return new SignInOutcome(owner!.Id) { SecurityStamp = owner.SecurityStamp };
        }
    }

    /// <summary>The hash is of an earlier version with fewer iterations; now is when the password is known.</summary>
    private async Task RehashAsync(OwnerAccount owner, string password, CancellationToken cancellationToken)
    {
        if (await hashing.HashAsync(password, cancellationToken) is not { } hash)
            return;

        await store.WriteAsync(database => database.Users
            .Where(user => user.Id == owner.Id && user.PasswordHash == owner.PasswordHash)
            .ExecuteUpdateAsync(update => update.SetProperty(user => user.PasswordHash, hash)), CancellationToken.None);
    }
}

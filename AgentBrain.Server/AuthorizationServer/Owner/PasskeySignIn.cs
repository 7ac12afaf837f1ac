using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>Signing in with a passkey. Identity verifies what the authenticator signed (WebAuthn §7.2); single use and budgets are ours.</summary>
internal sealed class PasskeySignIn(AuthorityStore store, SignInLimits limits, PasskeyStates states, PasskeyPlace place)
{
    /// <summary>The name of the method in sessions and activities.</summary>
    public const string Method = "passkey";

    private const string Purpose = "sign-in";

    /// <summary>Begins a ceremony, if the owner has a passkey.</summary>
    /// <returns>What the browser is to ask, as JSON. It names no passkey: authenticators know by themselves which they have for this host.</returns>
    public async Task<string?> OfferAsync(HttpContext context)
    {
        if (place.Obstacle is not null || !await store.ReadAsync(database => database.UserPasskeys.AnyAsync()))
            return null;

        var options = await Handler(context).MakeRequestOptionsAsync(null!, context);
        states.Give(context, Purpose, options.AssertionState!);
        return options.RequestOptionsJson;
    }

    /// <summary>Judges what the authenticator signed.</summary>
    /// <param name="context">The request.</param>
    /// <param name="credential">The credential as JSON.</param>
    public async Task<SignInOutcome> TryAsync(HttpContext context, string? credential)
    {
        var (attempt, refused) = await limits.BeginAsync(context, Method);
        if (attempt is null)
            return refused!;

        if (states.Take(context, Purpose) is { } state
            && !string.IsNullOrEmpty(credential)
            && await Handler(context).PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = context, CredentialJson = credential, AssertionState = state }) is { Succeeded: true } result
            && await StoreAsync(result.User, result.Passkey))
        {
            limits.Succeed(attempt);
            return new SignInOutcome(result.User.Id) { SecurityStamp = result.User.SecurityStamp };
        }

        await limits.FailAsync(context, Method);
        return SignInOutcome.Wrong;
    }

    private static IPasskeyHandler<OwnerAccount> Handler(HttpContext context) => context.RequestServices.GetRequiredService<IPasskeyHandler<OwnerAccount>>();

    /// <summary>Keeps the authenticator's counter. In the transaction it is looked at once more: of two copies with one count one is right at most (WebAuthn §6.1.1).</summary>
    private Task<bool> StoreAsync(OwnerAccount owner, UserPasskeyInfo passkey) => store.WriteAsync(async database =>
    {
        var row = await database.UserPasskeys.SingleOrDefaultAsync(known => known.UserId == owner.Id && known.CredentialId == passkey.CredentialId);
        if (row is null || (row.Data.SignCount > 0 && passkey.SignCount <= row.Data.SignCount))
            return false;

        row.Data.SignCount = passkey.SignCount;
        row.Data.IsBackedUp = passkey.IsBackedUp;
        row.Data.IsUserVerified = passkey.IsUserVerified;
        return true;
    });
}

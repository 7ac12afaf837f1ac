using OpenIddict.Server;

namespace AgentBrain.Server.AuthorizationServer.Grants.Exchange;

/// <summary>The code or refresh token that a token request brought, found in the database but not redeemed. It goes along with the request.</summary>
/// <param name="Code">The code, if it is one.</param>
/// <param name="RefreshToken">The refresh token, if it is one.</param>
/// <param name="Secret">The refresh token as it was presented.</param>
internal sealed record PresentedToken(FoundCode? Code, FoundRefreshToken? RefreshToken, RefreshSecret? Secret)
{
    private static readonly string Key = typeof(PresentedToken).FullName!;

    /// <summary>The grant that it is of.</summary>
    public FoundGrant Found => (FoundGrant?)Code ?? RefreshToken!;

    /// <summary>Is it bound to another key than the one that was proved?</summary>
    public bool IsKeyWrong(string? keyThumbprint) => Code is { } code ? !CodeRedemption.IsBoundTo(code, keyThumbprint) : !RefreshRotation.IsBoundTo(RefreshToken!, keyThumbprint);

    /// <summary>What this request brought; <c>null</c> for other grants, and for what is no token of ours.</summary>
    public static PresentedToken? Of(OpenIddictServerTransaction transaction) => transaction.GetProperty<PresentedToken>(Key);

    /// <summary>Keeps it with the request.</summary>
    public void Keep(OpenIddictServerTransaction transaction) => transaction.SetProperty(Key, this);
}

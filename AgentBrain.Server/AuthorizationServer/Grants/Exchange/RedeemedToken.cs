using OpenIddict.Server;

namespace AgentBrain.Server.AuthorizationServer.Grants.Exchange;

/// <summary>What a redemption gives out besides the access token. It goes along with the request.</summary>
/// <param name="RefreshToken">The refresh token; <c>null</c> where the grant has none.</param>
internal sealed record RedeemedToken(string? RefreshToken)
{
    private static readonly string Key = typeof(RedeemedToken).FullName!;

    /// <summary>That of a request.</summary>
    public static RedeemedToken? Of(OpenIddictServerTransaction transaction) => transaction.GetProperty<RedeemedToken>(Key);

    /// <summary>Keeps it with the request.</summary>
    public void Keep(OpenIddictServerTransaction transaction) => transaction.SetProperty(Key, this);
}

using System.Buffers.Text;
using System.Security.Claims;
using System.Text.Json;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Configuration.OAuth;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Metadata;

/// <summary>
/// Clients compare the issuer byte for byte (RFC 8414 §3.3, RFC 9207 §2.4), and so do we. Before the port opens it is read from
/// everything that names it, a token that was just signed included; if anything writes it otherwise, nothing is served.
/// </summary>
internal static class IssuerCheck
{
    /// <summary>Checks.</summary>
    /// <exception cref="ConfigurationException">The issuer is not the same everywhere.</exception>
    public static void Run(IServiceProvider services)
    {
        var (settings, oauth) = (services.GetRequiredService<AuthorizationServerSettings>(), services.GetRequiredService<OAuthSettings>());
        var metadata = ServerMetadata.For(settings, oauth);
        Compare(settings.Issuer, "the metadata", Text(metadata.ToUtf8(), static document => document.GetProperty("issuer")));
        Compare(settings.Issuer, "the OpenID metadata", Text(metadata.ForOpenId().ToUtf8(), static document => document.GetProperty("issuer")));
        foreach (var resource in services.GetRequiredService<ResourceMap>().All)
        {
            var document = ProtectedResourceMetadata.For(resource, oauth.IssuersOf(resource.Brain).Select(static issuer => issuer.Issuer), oauth.Access[resource.Brain].Dpop, oauth.Proofs.Algorithms);
            Compare(settings.Issuer, $"the metadata of {resource.Brain}", Text(document.ToUtf8(), static json => json.GetProperty("authorization_servers")[0]));
        }

        // Nothing else runs yet, so there is nobody whom waiting here would hold up.
        Compare(settings.Issuer, "an access token", MintAsync(services, settings).GetAwaiter().GetResult());
    }

    internal static void Compare(string issuer, string where, string? written)
    {
        if (written != issuer)
            throw new ConfigurationException($"The issuer is {issuer}, and {where} says {written}. Clients would refuse that, so the server does not start; {SettingNames.PublicUrl} decides what the issuer is.");
    }

    private static async Task<string?> MintAsync(IServiceProvider services, AuthorizationServerSettings settings)
    {
        await using var scope = services.CreateAsyncScope();
        var transaction = await scope.ServiceProvider.GetRequiredService<IOpenIddictServerFactory>().CreateTransactionAsync();
        var principal = new ClaimsPrincipal(new ClaimsIdentity("check")).SetClaim(Claims.Subject, "check").SetScopes(ScopeSet.Read.ToScopeText());
        AccessTokenClaims.Complete(principal, settings, sessionId: null, thumbprint: null);
        var minting = new GenerateTokenContext(transaction) { Principal = principal, TokenType = TokenTypeIdentifiers.AccessToken, TokenFormat = TokenFormats.Private.JsonWebToken };
        await scope.ServiceProvider.GetRequiredService<IOpenIddictServerDispatcher>().DispatchAsync(minting);
        return minting.Token?.Split('.') is [_, var payload, _] ? Text(Base64Url.DecodeFromChars(payload), static claims => claims.GetProperty(Claims.Issuer)) : null;
    }

    private static string? Text(byte[] utf8, Func<JsonElement, JsonElement> find) => find(JsonElement.Parse(utf8)).GetString();
}

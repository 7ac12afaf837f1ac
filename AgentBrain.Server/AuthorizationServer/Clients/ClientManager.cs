using AgentBrain.OAuth.Clients;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Core;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace AgentBrain.Server.AuthorizationServer.Clients;

/// <summary>What OpenIddict asks about clients, answered by our rules: which redirect URI is a client's, and which secret.</summary>
internal sealed class ClientManager(
    IOpenIddictApplicationCache<ClientRecord> cache,
    ILogger<OpenIddictApplicationManager<ClientRecord>> logger,
    IOptionsMonitor<OpenIddictCoreOptions> options,
    IOpenIddictApplicationStore<ClientRecord> store) : OpenIddictApplicationManager<ClientRecord>(cache, logger, options, store)
{
    /// <summary>Is it one of the client's, exactly or but for the port of a loopback address?</summary>
    public override async ValueTask<bool> ValidateRedirectUriAsync(ClientRecord application, string uri, CancellationToken cancellationToken = default)
    {
        foreach (var registered in await Store.GetRedirectUrisAsync(application, cancellationToken))
        {
            if (RedirectUri.Matches(registered, uri))
                return true;
        }

        return false;
    }

    /// <summary>Is it one of the client's two secrets?</summary>
    public override async ValueTask<bool> ValidateClientSecretAsync(ClientRecord application, string secret, CancellationToken cancellationToken = default)
    {
        var isFirst = await base.ValidateClientSecretAsync(application, secret, cancellationToken);
        var isSecond = application.ClientType == ClientTypes.Confidential && ClientIds.IsSecret(application.SecondSecret, secret);
        return isFirst | isSecond;
    }

    /// <summary>
    /// The form in which a secret is kept. Secrets are 256 random bits that we make ourselves, so a digest tells nothing of them; a slow
    /// hash would only give strangers a way to keep the processor busy.
    /// </summary>
    protected override ValueTask<string> ObfuscateClientSecretAsync(string secret, CancellationToken cancellationToken = default) => ValueTask.FromResult(ClientIds.Digest(secret));

    /// <summary>Compares in constant time.</summary>
    protected override ValueTask<bool> ValidateClientSecretAsync(string secret, string comparand, CancellationToken cancellationToken = default) => ValueTask.FromResult(ClientIds.IsSecret(comparand, secret));
}

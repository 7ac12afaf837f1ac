using ModelContextProtocol.Authentication;

namespace AgentBrain.IntegrationTests.OAuth;

/// <summary>The tokens of a client of the C# SDK. The access token can be spoiled, as if the server no longer accepted it.</summary>
internal sealed class SpoilableTokens : ITokenCache
{
    private readonly Lock gate = new();
    private readonly List<TokenContainer> stored = [];
    private TokenContainer? current;

    /// <summary>All that the authorization server issued, in order.</summary>
    public IReadOnlyList<TokenContainer> Issued
    {
        get
        {
            lock (gate)
                return [.. stored];
        }
    }

    public ValueTask StoreTokensAsync(TokenContainer tokens, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            stored.Add(tokens);
            current = tokens;
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<TokenContainer?> GetTokensAsync(CancellationToken cancellationToken)
    {
        lock (gate)
            return ValueTask.FromResult(current);
    }

    /// <summary>Changes the end of the access token.</summary>
    public void Spoil()
    {
        lock (gate)
        {
            var good = current!;
            current = new TokenContainer
            {
                TokenType = good.TokenType,
                AccessToken = $"{good.AccessToken[..^8]}AAAAAAAA",
                RefreshToken = good.RefreshToken,
                ExpiresIn = good.ExpiresIn,
                Scope = good.Scope,
                ObtainedAt = good.ObtainedAt,
                ClientId = good.ClientId,
                ClientSecret = good.ClientSecret,
                TokenEndpointAuthMethod = good.TokenEndpointAuthMethod,
                AuthorizationServer = good.AuthorizationServer,
            };
        }
    }
}

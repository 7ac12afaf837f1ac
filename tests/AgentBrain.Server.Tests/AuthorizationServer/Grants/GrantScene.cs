using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AgentBrain.OAuth.Revocation;
using AgentBrain.OAuth.Tokens;
using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.Grants;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.Server.Tests.AuthorizationServer.Grants;

/// <summary>What the tests of grants have in common. Each begins with an empty database; the server is one for all of a class.</summary>
public abstract class GrantScene(GrantServer server) : IAsyncLifetime
{
    public const string Client = GrantServer.Client;
    public const string OtherClient = GrantServer.OtherClient;
    public const string Confidential = GrantServer.Confidential;
    public const string Secret = GrantServer.Secret;
    public const string Redirect = GrantServer.Redirect;
    public const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    private protected FakeTimeProvider Time => server.Time;

    private protected TestBrain Brain => server.Brain;

    private protected GrantStore Grants => Brain.Services.GetRequiredService<GrantStore>();

    private protected AuthorityStore Store => Brain.Services.GetRequiredService<AuthorityStore>();

    private protected string Resource => server.Resource;

    public async ValueTask InitializeAsync() => await Store.WriteAsync(async context =>
    {
        await context.RefreshTokens.ExecuteDeleteAsync();
        await context.Codes.ExecuteDeleteAsync();
        await context.Grants.ExecuteDeleteAsync();
        await context.Activities.ExecuteDeleteAsync();
        await context.Consents.ExecuteDeleteAsync();
        await context.Interactions.ExecuteDeleteAsync();
        await context.Clients.ExecuteUpdateAsync(set => set.SetProperty(client => client.MetadataDigest, "digest"));
    });

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Agrees as the owner does, and returns the code.</summary>
    private protected Task<string> AgreeAsync(string client = Client, ScopeSet scopes = ScopeSet.Read | ScopeSet.Index, bool refreshable = true, string? key = null) =>
        Store.WriteAsync(context => Task.FromResult(Grants.Issue(context, new NewGrant
        {
            Subject = "owner",
            ClientId = client,
            MetadataDigest = "digest",
            Resource = Resource,
            Scopes = scopes,
            IsRefreshable = refreshable,
            AuthenticatedAt = Time.GetUtcNow(),
            RedirectUri = Redirect,
            CodeChallenge = Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))),
            KeyThumbprint = key,
            AddressPrefix = "192.0.2.1",
        })));

    private protected async Task<TokenAnswer> RedeemAsync(string code, string client = Client, string? verifier = Verifier, string? redirect = null, string? key = null, string? resource = null, string? secret = null) =>
        await AskAsync(key, null, ("grant_type", "authorization_code"), ("code", code), ("client_id", client), ("client_secret", secret), ("code_verifier", verifier), ("redirect_uri", redirect), ("resource", resource));

    private protected async Task<TokenAnswer> RefreshAsync(string token, string client = Client, string? key = null, string? scope = null, string? resource = null, string? secret = null, HttpClient? http = null) =>
        await AskAsync(key, http, ("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", client), ("client_secret", secret), ("scope", scope), ("resource", resource));

    /// <summary>A grant whose first refresh token is at hand.</summary>
    private protected async Task<(string Refresh, string GrantId)> StartGrantAsync(string client = Client, string? key = null, string? secret = null, ScopeSet scopes = ScopeSet.Read | ScopeSet.Index)
    {
        var answer = await RedeemAsync(await AgreeAsync(client, scopes), client, key: key, secret: secret);
        return (answer.RefreshToken, answer.Claim("sid")!);
    }

    private protected async Task<TokenAnswer> AskAsync(string? key, HttpClient? http, params (string Name, string? Value)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, EndpointPaths.Token)
        {
            Content = new FormUrlEncodedContent(form.Where(field => field.Value is not null).Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };
        if (key is not null)
            request.Headers.Add(GrantServer.KeyHeader, key);
        using var response = await (http ?? Brain.Client).SendAsync(request);
        return new TokenAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private protected Task<GrantRecord> GrantAsync(string id) => Store.ReadAsync(context => context.Grants.SingleAsync(grant => grant.Id == id));

    private protected Task<List<RefreshTokenRecord>> TokensAsync(string grantId) =>
        Store.ReadAsync(context => context.RefreshTokens.Where(token => token.GrantId == grantId).ToListAsync());

    private protected Task<List<ActivityRecord>> ActivitiesAsync(string kind) =>
        Store.ReadAsync(context => context.Activities.Where(activity => activity.Kind == kind).ToListAsync());

    /// <summary>Has a proof be used: it does for nothing more.</summary>
    private protected async Task UseProofAsync(string keyAndProof) => Assert.Equal(200, (await RedeemAsync(await AgreeAsync(), key: keyAndProof)).Status);

    /// <summary>Does the side that judges access tokens know?</summary>
    private protected bool IsRevoked(string grantId) => Brain.Services.GetRequiredService<Revocations>().IsRevoked(new AccessToken
    {
        Issuer = $"http://127.0.0.1:{Brain.Port}",
        Subject = "owner",
        ClientId = Client,
        Audiences = [Resource],
        Scopes = ScopeSet.Read,
        SessionId = grantId,
        IssuedAt = Time.GetUtcNow(),
        ExpiresAt = Time.GetUtcNow() + TimeSpan.FromMinutes(15),
    });

    /// <summary>Calls the brain with an access token.</summary>
    private protected async Task<int> CallAsync(TokenAnswer answer)
    {
        using var client = Brain.NewClient(answer.Field("access_token"));
        using var response = await client.SendAsync(Brain.Post(Messages.Initialize));
        return (int)response.StatusCode;
    }

    private protected async Task EndGrantsAsync(string how)
    {
        if (how == "revoked")
            await Grants.RevokeAllAsync(ActivityKinds.OwnerReset, null);
        else if (how == "of an earlier epoch")
            await Store.WriteAsync(context => context.Grants.ExecuteUpdateAsync(set => set.SetProperty(grant => grant.Epoch, 0)));
        else
            await Store.WriteAsync(context => context.Clients.ExecuteUpdateAsync(set => set.SetProperty(client => client.MetadataDigest, "another")));
    }
}

/// <summary>What the token endpoint answered.</summary>
internal sealed record TokenAnswer(int Status, string Body)
{
    private JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string? Error => Field("error");

    public string? Scope => Field("scope");

    public string RefreshToken => Field("refresh_token") ?? throw new InvalidOperationException(Body);

    public bool HasRefreshToken => Field("refresh_token") is not null;

    public string? Claim(string name)
    {
        var payload = (Field("access_token") ?? throw new InvalidOperationException($"{Status} {Body}")).Split('.')[1];
        return JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(payload)).RootElement.TryGetProperty(name, out var value) ? value.ToString() : null;
    }

    public string? Field(string name) => Json.TryGetProperty(name, out var value) ? value.ToString() : null;
}

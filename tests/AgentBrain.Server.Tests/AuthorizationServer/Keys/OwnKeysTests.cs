using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AgentBrain.OAuth.Issuers;
using AgentBrain.Server.AuthorizationServer.Keys;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Tests.Authorization.OAuth;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenIddict.Server;

namespace AgentBrain.Server.Tests.AuthorizationServer.Keys;

/// <summary>
/// The server's own keys, over real HTTP: what it publishes is what it believes, it learns of a change at once and without asking
/// anybody (SR-03, SR-54), and a stolen key is worth nothing (RFC 9700 §4.9).
/// </summary>
public sealed class OwnKeysTests : IAsyncLifetime
{
    private readonly KeyHome home = new();
    private readonly RefusingChannel channel = new();
    private WebApplication app = null!;
    private SigningKeys keys = null!;
    private HttpClient client = null!;

    public async ValueTask InitializeAsync()
    {
        app = await home.Serve(builder =>
        {
            builder.Services.AddSingleton(new HttpMessageInvoker(channel));
            builder.Services.AddSingleton(new RequestLimits { RatePerAddress = 0, RatePerPrincipal = 0 });
        });
        keys = app.Services.GetRequiredService<SigningKeys>();
        client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        home.Dispose();
        channel.Dispose();
    }

    [Fact]
    public async Task A_token_of_the_current_key_is_taken_and_nobody_is_asked_for_the_key()
    {
        Assert.Equal(Expect.Accepted, await Call(Token()));

        Assert.Empty(channel.Asked);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await client.GetAsync("/health")).StatusCode);
        Assert.Empty(channel.Asked);
    }

    [Fact]
    public async Task A_warmed_token_of_a_stolen_key_is_refused_at_once_and_the_new_key_serves()
    {
        var token = Token();
        Assert.Equal(Expect.Accepted, await Call(token));
        Assert.Equal(Expect.Accepted, await Call(token));

        Assert.NotNull(await app.Services.GetRequiredService<KeyCompromise>().CompromiseAsync(keys.Current.KeyId));

        Assert.Equal(Expect.BadToken("unknown_key"), await Call(token));
        Assert.Equal(Expect.Accepted, await Call(Token()));
        Assert.Empty(channel.Asked);
    }

    [Fact]
    public async Task Grants_of_a_stolen_key_are_revoked_and_others_are_not()
    {
        var stolen = keys.Current.KeyId;
        await app.Services.Store().WriteAsync(context =>
        {
            context.Grants.AddRange(Grant("signed", stolen), Grant("signed-too", stolen), Grant("other", "another"), Grant("unused", null));
            return Task.CompletedTask;
        });

        Assert.Equal(2, await app.Services.GetRequiredService<KeyCompromise>().CompromiseAsync(stolen));

        Assert.Equal(Expect.BadToken("token_revoked"), await Call(Token(grant: "signed")));
        Assert.Equal(Expect.BadToken("token_revoked"), await Call(Token(grant: "signed-too")));
        Assert.Equal(Expect.Accepted, await Call(Token(grant: "other")));
        Assert.Equal(0, await app.Services.GetRequiredService<KeyCompromise>().CompromiseAsync(stolen));
    }

    [Fact]
    public async Task What_was_left_undone_of_a_compromise_is_done_when_it_is_said_again()
    {
        var stolen = keys.Current.KeyId;
        await keys.WithdrawAsync(stolen, null);
        await app.Services.Store().WriteAsync(context =>
        {
            context.Grants.Add(Grant("late", stolen));
            return Task.CompletedTask;
        });

        Assert.Equal(1, await app.Services.GetRequiredService<KeyCompromise>().CompromiseAsync(stolen));
    }

    [Fact]
    public async Task Who_has_a_stolen_key_cannot_sign_new_tokens_with_it()
    {
        var stolen = keys.Current.ECDsa.ExportParameters(includePrivateParameters: true);
        var (id, next) = (keys.Current.KeyId, "");
        await keys.WithdrawAsync(id, null);
        next = keys.Current.KeyId;
        using var thief = ECDsa.Create(stolen);

        Assert.Equal(Expect.BadToken("unknown_key"), await Call(Token(thief, id)));
        Assert.Equal(Expect.BadToken("token_signature"), await Call(Token(thief, next)));
    }

    [Fact]
    public async Task A_key_that_waits_is_believed_already_and_one_that_is_retired_still()
    {
        var before = Token();
        var next = await keys.RotateAsync();

        Assert.Equal(Expect.Accepted, await Call(before));
        Assert.Equal(Expect.Accepted, await Call(Token(keys.Published.Single(key => key.KeyId == next.Id).ECDsa, next.Id)));
    }

    [Theory]
    [InlineData("alg")]
    [InlineData("kid")]
    public async Task A_header_that_names_no_key_of_ours_is_refused(string member)
    {
        var token = Token(change: header => header[member] = member == "alg" ? "ES384" : null);

        Assert.StartsWith("401", await Call(token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Published_are_the_public_parts_of_all_keys_the_current_first()
    {
        var next = await keys.RotateAsync();

        var jwks = await Jwks();

        Assert.Equal([keys.Current.KeyId, next.Id], jwks.Select(static jwk => (string?)jwk!["kid"]));
        foreach (var (jwk, key) in jwks.Zip(keys.Published))
        {
            var point = key.ECDsa.ExportParameters(includePrivateParameters: false).Q;
            Assert.Equal(
                new JsonObject
                {
                    ["kid"] = key.KeyId, ["use"] = "sig", ["kty"] = "EC", ["alg"] = "ES256", ["crv"] = "P-256",
                    ["x"] = Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode(point.X), ["y"] = Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode(point.Y),
                }.OrderBy(static member => member.Key, StringComparer.Ordinal).Select(static member => $"{member.Key}={member.Value}"),
                jwk!.AsObject().OrderBy(static member => member.Key, StringComparer.Ordinal).Select(static member => $"{member.Key}={member.Value}"));
        }
    }

    [Fact]
    public async Task A_stolen_key_leaves_the_published_ones_at_once()
    {
        var stolen = keys.Current.KeyId;
        Assert.Equal([stolen], (await Jwks()).Select(static jwk => (string?)jwk!["kid"]));

        await keys.WithdrawAsync(stolen, null);

        Assert.Equal([keys.Current.KeyId], (await Jwks()).Select(static jwk => (string?)jwk!["kid"]));
    }

    [Fact]
    public async Task The_protocol_signs_with_the_current_key_and_encrypts_its_notes_with_a_secret_that_stays()
    {
        var monitor = app.Services.GetRequiredService<IOptionsMonitor<OpenIddictServerOptions>>();
        var before = monitor.CurrentValue;
        Assert.Equal(keys.Current.KeyId, before.SigningCredentials[0].Kid);

        await keys.WithdrawAsync(keys.Current.KeyId, null);

        var after = monitor.CurrentValue;
        Assert.Equal([keys.Current.KeyId], after.SigningCredentials.Select(static credentials => credentials.Kid));
        Assert.Equal(
            ((Microsoft.IdentityModel.Tokens.SymmetricSecurityKey)before.EncryptionCredentials.Single().Key).Key,
            ((Microsoft.IdentityModel.Tokens.SymmetricSecurityKey)after.EncryptionCredentials.Single().Key).Key);
    }

    [Fact]
    public async Task Every_change_makes_what_was_verified_before_it_worthless()
    {
        var issuers = app.Services.GetRequiredService<TrustedIssuers>();
        var first = issuers.Version;
        await keys.RotateAsync();
        var second = issuers.Version;
        await keys.WithdrawAsync(keys.Current.KeyId, null);

        Assert.True(0 < first && first < second && second < issuers.Version);
    }

    [Fact]
    public async Task A_key_that_nobody_knows_is_none_to_compromise() =>
        Assert.Null(await app.Services.GetRequiredService<KeyCompromise>().CompromiseAsync("nobody"));

    private string Token(ECDsa? pair = null, string? id = null, Action<JsonObject>? change = null, string grant = "grant")
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var header = new JsonObject { ["alg"] = "ES256", ["typ"] = "at+jwt", ["kid"] = id ?? keys.Current.KeyId };
        change?.Invoke(header);
        var claims = new JsonObject
        {
            ["iss"] = app.Urls.First(), ["sub"] = "owner", ["client_id"] = "client", ["aud"] = app.Urls.First() + "/mcp", ["scope"] = "agent-brain:read",
            ["iat"] = now, ["exp"] = now + 600, ["jti"] = Guid.NewGuid().ToString("n"), ["sid"] = grant,
        };
        pair ??= keys.Current.ECDsa;
        return Jws.Sign(header, claims, data => pair.SignData(data, HashAlgorithmName.SHA256));
    }

    private static GrantRecord Grant(string id, string? keyId) => new()
    {
        Id = id, Subject = "owner", ClientId = "client", MetadataDigest = "", Resource = "", Scopes = ScopeSet.Read, LastKeyId = keyId,
        CreatedAt = TimeProvider.System.GetUtcNow(), ExpiresAt = TimeProvider.System.GetUtcNow().AddDays(1),
    };

    private async Task<string> Call(string token)
    {
        var body = Messages.ModernRequest("tools/call", "\"name\":\"query_count\",\"arguments\":{}");
        using var request = TokenRequests.Post(app.Urls.First() + "/mcp", body, "Bearer " + token, version: Messages.Modern).Modern("tools/call", "query_count");
        using var response = await client.SendAsync(request);
        return Reply.Of(response, await response.Content.ReadAsStringAsync()).Shape;
    }

    private async Task<JsonArray> Jwks() => JsonNode.Parse(await client.GetStringAsync("/oauth/jwks"))!["keys"]!.AsArray();

    /// <summary>Where requests to issuers would go.</summary>
    private sealed class RefusingChannel : HttpMessageHandler
    {
        public ConcurrentQueue<Uri?> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Enqueue(request.RequestUri);
            throw new HttpRequestException("Nobody is asked here.");
        }
    }
}

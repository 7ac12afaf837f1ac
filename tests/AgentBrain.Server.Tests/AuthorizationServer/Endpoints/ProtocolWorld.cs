using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentBrain.Server.AuthorizationServer.Clients;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.Grants;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Tests.Authorization.OAuth;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace AgentBrain.Server.Tests.AuthorizationServer.Endpoints;

/// <summary>
/// A server with its own authorization server, four brains that take bound tokens in different ways, an owner who is signed in, and
/// clients of every kind.
/// </summary>
public sealed class ProtocolWorld : IAsyncLifetime
{
    internal const string Editor = "editor";
    internal const string Bound = "bound-editor";
    internal const string Service = "service";
    internal const string Keyed = "keyed-service";
    internal const string Stranger = "registered-itself";
    internal const string Secret = "a-secret-of-the-service-0123456789abcdef";
    internal const string Redirect = "http://127.0.0.1:7777/callback";
    internal const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    internal const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    internal const string Owner = "owner-id";

    private readonly string folder = Directory.CreateTempSubdirectory("brain-protocol-").FullName;

    /// <summary>Older than any proof, so that the store of proofs asks nobody for a nonce.</summary>
    internal ShiftedTime Time { get; } = new(TimeSpan.FromMinutes(-15));

    internal TestBrain Brain { get; private set; } = null!;

    internal OwnerBrowser Browser { get; private set; } = null!;

    internal SigningKey Key { get; } = SigningKey.EllipticCurve("assertions");

    internal string Issuer => $"http://127.0.0.1:{Brain.Port}";

    internal string Default => Issuer + "/mcp";

    internal string Finance => Issuer + "/brains/finance/mcp";

    internal string Strict => Issuer + "/brains/strict/mcp";

    internal string Plain => Issuer + "/brains/plain/mcp";

    internal AuthorityStore Store => Brain.Services.GetRequiredService<AuthorityStore>();

    internal GrantStore Grants => Brain.Services.GetRequiredService<GrantStore>();

    public async ValueTask InitializeAsync()
    {
        var file = WriteFile();
        Brain = await TestBrain.OnFreePort(port => TestBrain.Start("oauth", Configure, null, $"--urls=http://127.0.0.1:{port}", $"--AGENT_BRAIN_BRAINS_FILE={file}"));
        Time.Advance(TimeSpan.FromMinutes(15));
        Browser = await OwnerBrowser.SetUp(Brain);
        await AddClientAsync(Editor);
        await AddClientAsync("another-editor");
        await AddClientAsync(Bound, configure: static client => client.RequiresDpop = true);
        await AddClientAsync(Service, Secret, static client => (client.AuthenticationMethod, client.OwnBrains, client.OwnScopes) = (ClientAuthenticationMethods.ClientSecretBasic, "default finance strict plain", ScopeSet.Read | ScopeSet.Index));
        await AddClientAsync("single", Secret, static client => (client.AuthenticationMethod, client.OwnBrains, client.OwnScopes) = (ClientAuthenticationMethods.ClientSecretBasic, "finance", ScopeSet.Read));
        await AddClientAsync("no-brains", Secret, static client => client.AuthenticationMethod = ClientAuthenticationMethods.ClientSecretPost);
        await AddClientAsync(Stranger, Secret, static client => (client.Kind, client.AuthenticationMethod, client.OwnBrains, client.OwnScopes) = (ClientKind.Dynamic, ClientAuthenticationMethods.ClientSecretBasic, "default", ScopeSet.All));
        await AddClientAsync(Keyed, "not-used", client => (client.AuthenticationMethod, client.OwnBrains, client.OwnScopes, client.ClientSecret, client.JsonWebKeySet) =
            (ClientAuthenticationMethods.PrivateKeyJwt, "default", ScopeSet.Read, null, new JsonObject { ["keys"] = new JsonArray(Key.Public()) }.ToJsonString()));
    }

    public async ValueTask DisposeAsync()
    {
        Browser.Dispose();
        Key.Dispose();
        await Brain.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Agrees as the owner does, and returns the code.</summary>
    internal Task<string> AgreeAsync(string client = Editor, string? resource = null, string? key = null, ScopeSet scopes = ScopeSet.Read | ScopeSet.Index) =>
        Store.WriteAsync(context => Task.FromResult(Grants.Issue(context, new NewGrant
        {
            Subject = Owner,
            ClientId = client,
            MetadataDigest = "digest",
            Resource = resource ?? Default,
            Scopes = scopes,
            IsRefreshable = true,
            AuthenticatedAt = Time.GetUtcNow(),
            RedirectUri = Redirect,
            CodeChallenge = Challenge,
            KeyThumbprint = key,
        })));

    /// <summary>A form to an endpoint.</summary>
    internal async Task<ProtocolReply> PostAsync(string path, Dictionary<string, string?> form, Action<HttpRequestMessage>? bend = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(form.Where(static field => field.Value is not null).Select(static field => KeyValuePair.Create(field.Key, field.Value))) };
        bend?.Invoke(request);
        return await SendAsync(request);
    }

    internal async Task<ProtocolReply> SendAsync(HttpRequestMessage request)
    {
        using var response = await Brain.Client.SendAsync(request);
        return await ProtocolReply.OfAsync(response);
    }

    /// <summary>An honest token request with a code.</summary>
    internal async Task<Dictionary<string, string?>> CodeForm(string client = Editor, string? resource = null, string? key = null) => new()
    {
        ["grant_type"] = "authorization_code", ["client_id"] = client, ["code"] = await AgreeAsync(client, resource, key), ["code_verifier"] = Verifier, ["redirect_uri"] = Redirect,
    };

    /// <summary>An honest pushed request; what goes into an authorization request too.</summary>
    internal static Dictionary<string, string?> AuthorizeForm(string client = Editor) => new()
    {
        ["client_id"] = client, ["response_type"] = "code", ["redirect_uri"] = Redirect, ["code_challenge"] = Challenge, ["code_challenge_method"] = "S256", ["state"] = "a state/with?odd&signs", ["scope"] = "agent-brain:read",
    };

    /// <summary>An authorization request of the signed-in owner's browser.</summary>
    internal async Task<ProtocolReply> AuthorizeAsync(Dictionary<string, string?> parameters, string more = "")
    {
        var query = string.Join('&', parameters.Where(static field => field.Value is not null).Select(static field => $"{field.Key}={Uri.EscapeDataString(field.Value!)}"));
        using var response = await Browser.Get($"{EndpointPaths.Authorize}?{query}{more}");
        return await ProtocolReply.OfAsync(response);
    }

    /// <summary>A proof for an endpoint.</summary>
    internal string Proof(TestClient client, string path = EndpointPaths.Token, Action<JsonObject>? claims = null, Action<JsonObject>? header = null) => client.Proof("", Issuer + path, "POST", body =>
    {
        body.Remove("ath");
        claims?.Invoke(body);
    }, header);

    internal static void Basic(HttpRequestMessage request, string client, string secret) =>
        request.Headers.TryAddWithoutValidation("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(client)}:{Uri.EscapeDataString(secret)}")));

    /// <summary>An assertion of the client with a key.</summary>
    internal string Assertion(Action<JsonObject>? claims = null, Action<JsonObject>? header = null, SigningKey? key = null)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var head = new JsonObject { ["alg"] = Key.Algorithm, ["typ"] = "JWT", ["kid"] = Key.Id };
        var body = new JsonObject { ["iss"] = Keyed, ["sub"] = Keyed, ["aud"] = Issuer, ["iat"] = now, ["exp"] = now + 60, ["jti"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)) };
        header?.Invoke(head);
        claims?.Invoke(body);
        return Jws.Sign(head, body, (key ?? Key).Sign);
    }

    internal Dictionary<string, string?> KeyedForm(string assertion) => new()
    {
        ["grant_type"] = "client_credentials", ["client_assertion_type"] = ClientAssertionTypes.JwtBearer, ["client_assertion"] = assertion,
    };

    /// <summary>A token of the service for itself.</summary>
    internal Task<ProtocolReply> OwnTokenAsync(string? resource = null, string? scope = null, string client = Service, string secret = Secret, string? proof = null) =>
        PostAsync(EndpointPaths.Token, new() { ["grant_type"] = "client_credentials", ["resource"] = resource, ["scope"] = scope }, request =>
        {
            Basic(request, client, secret);
            if (proof is not null)
                request.Headers.TryAddWithoutValidation("DPoP", proof);
        });

    internal async Task AddClientAsync(string id, string? secret = null, Action<ClientRecord>? configure = null)
    {
        await using var scope = Brain.Services.CreateAsyncScope();
        var clients = scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>();
        var client = new ClientRecord
        {
            ClientId = id,
            ClientIdDigest = ClientIds.Digest(id),
            MetadataDigest = "digest",
            ClientType = secret is null ? ClientTypes.Public : ClientTypes.Confidential,
            RedirectUris = JsonSerializer.Serialize<string[]>([Redirect]),
            Permissions = JsonSerializer.Serialize<string[]>(
            [
                Permissions.Endpoints.Authorization, Permissions.Endpoints.Token, Permissions.Endpoints.PushedAuthorization, Permissions.Endpoints.Revocation, Permissions.Endpoints.Introspection,
                Permissions.GrantTypes.AuthorizationCode, Permissions.GrantTypes.RefreshToken, Permissions.GrantTypes.ClientCredentials, Permissions.ResponseTypes.Code,
            ]),
        };
        await clients.CreateAsync(client, secret!);
        if (configure is not null)
        {
            await Store.WriteAsync(context =>
            {
                configure(context.Clients.Single(row => row.ClientId == id));
                return Task.CompletedTask;
            });
        }
    }

    private string WriteFile()
    {
        foreach (var root in new[] { "one", "two", "three", "four" })
            Directory.CreateDirectory(Path.Combine(folder, root));
        var file = Path.Combine(folder, "brains.json");
        File.WriteAllText(file, JsonSerializer.Serialize(new
        {
            brains = new Dictionary<string, object>
            {
                ["default"] = new { roots = new[] { "one" } },
                ["finance"] = new { roots = new[] { "two" } },
                ["strict"] = new { roots = new[] { "three" }, dpop = "required" },
                ["plain"] = new { roots = new[] { "four" }, dpop = "off" },
            },
        }));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    private void Configure(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton(new RequestLimits { RatePerAddress = 0, RatePerPrincipal = 0 });
    }
}

/// <summary>What an endpoint of the protocol answered.</summary>
internal sealed record ProtocolReply(int Status, ILookup<string, string> Headers, string Body)
{
    public string? Error => Field("error");

    /// <summary>Status and error in one line.</summary>
    public string Shape => $"{Status} {Error ?? "-"}";

    public string Header(string name) => string.Join("|", Headers[name.ToLowerInvariant()]);

    public string? Field(string name)
    {
        try
        {
            return JsonElement.Parse(Body).TryGetProperty(name, out var value) ? value.ToString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A claim of the access token.</summary>
    public string? Claim(string name) => Part(1).TryGetProperty(name, out var value) ? value.ToString() : null;

    public JsonElement Part(int index) => JsonElement.Parse(System.Buffers.Text.Base64Url.DecodeFromChars((Field("access_token") ?? throw new InvalidOperationException($"{Status} {Body}")).Split('.')[index]));

    /// <summary>A parameter of the redirect; <c>null</c> when there is none.</summary>
    public string? Redirected(string name) => Status is 302 or 303 && Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(new Uri(Header("Location"), UriKind.RelativeOrAbsolute) is { IsAbsoluteUri: true } uri ? uri.Query : "").TryGetValue(name, out var value) ? value.ToString() : null;

    public static async Task<ProtocolReply> OfAsync(HttpResponseMessage response) => new(
        (int)response.StatusCode,
        response.Headers.Concat(response.Content.Headers).SelectMany(static header => header.Value.Select(value => (Name: header.Key.ToLowerInvariant(), value))).ToLookup(static header => header.Name, static header => header.value),
        await response.Content.ReadAsStringAsync());
}

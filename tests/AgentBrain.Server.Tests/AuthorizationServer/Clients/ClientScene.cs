using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AgentBrain.OAuth.Clients;
using AgentBrain.OAuth.Tests.Clients;
using AgentBrain.Server.AuthorizationServer.Clients;
using AgentBrain.Server.AuthorizationServer.Grants;
using AgentBrain.Server.AuthorizationServer.Owner;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.Server.Tests.AuthorizationServer.Clients;

/// <summary>A server that has an owner, on a clock of the test's, and a host with clients' documents beside it.</summary>
public abstract class ClientScene : IAsyncLifetime
{
    private protected FakeTimeProvider Time { get; } = new(TimeProvider.System.GetUtcNow());

    private protected DocumentHost Documents { get; } = new("localhost");

    private protected TestBrain Brain { get; private set; } = null!;

    private protected AuthorityStore Store => Brain.Services.GetRequiredService<AuthorityStore>();

    private protected ClientDirectory Directory => Brain.Services.GetRequiredService<ClientDirectory>();

    private protected ClientUse Use => Brain.Services.GetRequiredService<ClientUse>();

    private protected ClientRegistration Registration => Brain.Services.GetRequiredService<ClientRegistration>();

    private protected string DocumentId => $"https://localhost:{Documents.Port}/client.json";

    private protected virtual string[] More => [];

    private protected static CancellationToken Soon => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Brain = await OwnerBrowser.StartServer(
            builder =>
            {
                builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Time));
                builder.Services.Replace(ServiceDescriptor.Singleton(new DocumentLimits { AllowLoopback = true, TrustedRoots = Documents.Roots }));
            },
            More);
        Brain.Services.GetRequiredService<OwnerPresence>().Appear();
    }

    public async ValueTask DisposeAsync()
    {
        await Brain.DisposeAsync();
        Documents.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Task<ClientAnswer> RegisterAsync(string json) => SendAsync(HttpMethod.Post, "/oauth/register", json);

    private protected async Task<ClientAnswer> RegisterEditorAsync(params string[] redirects)
    {
        var answer = await RegisterAsync(new JsonObject { ["client_name"] = "Editor", ["redirect_uris"] = new JsonArray([.. redirects.Select(uri => (JsonNode)uri)]) }.ToJsonString());
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        return answer;
    }

    private protected async Task<ClientAnswer> SendAsync(HttpMethod method, string address, string? json = null, string? token = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, address);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, type);

        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);

        using var response = await Brain.Client.SendAsync(request, Soon);
        var text = await response.Content.ReadAsStringAsync(Soon);
        var headers = response.Headers.ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new ClientAnswer(response.StatusCode, text.Length > 0 && response.Content.Headers.ContentType?.MediaType == "application/json" ? JsonNode.Parse(text)!.AsObject() : null, headers);
    }

    private protected Task<List<ClientRecord>> ClientsAsync() => Store.ReadAsync(context => context.Clients.OrderBy(client => client.CreatedAt).ToListAsync(Soon), Soon);

    private protected Task<List<string>> ActivitiesAsync() => Store.ReadAsync(context => context.Activities.OrderBy(row => row.Id).Select(row => row.Kind).Where(kind => kind.StartsWith("client.") || kind == "grant.revoked").ToListAsync(Soon), Soon);

    /// <summary>The owner agrees, and the client redeems nothing yet.</summary>
    /// <returns>The grant's id.</returns>
    private protected async Task<string> AgreeAsync(string clientId)
    {
        var client = (await Directory.FindAsync(clientId, Soon))!;
        await Store.WriteAsync(async context =>
        {
            (await context.Clients.SingleAsync(row => row.ClientId == clientId)).ConsentedAt = Time.GetUtcNow();
            context.Consents.Add(new ConsentRecord { Id = Guid.NewGuid().ToString("N"), Subject = "owner", ClientId = clientId, MetadataDigest = client.MetadataDigest, RedirectKind = "x", Resource = "x" });
            Brain.Services.GetRequiredService<GrantStore>().Issue(context, new NewGrant
            {
                Subject = "owner",
                ClientId = clientId,
                MetadataDigest = client.MetadataDigest,
                Resource = "x",
                Scopes = ScopeSet.Read,
                IsRefreshable = true,
                AuthenticatedAt = Time.GetUtcNow(),
                RedirectUri = "x",
                CodeChallenge = "x",
            });
        }, Soon);
        return await Store.ReadAsync(context => context.Grants.Where(grant => grant.ClientId == clientId).OrderByDescending(grant => grant.CreatedAt).Select(grant => grant.Id).FirstAsync(Soon), Soon);
    }

    private protected Task<bool> LivesAsync(string grantId) => Store.ReadAsync(async context =>
    {
        var grant = await context.Grants.SingleAsync(row => row.Id == grantId);
        return grant.RevokedAt is null && await context.Consents.AnyAsync(consent => consent.ClientId == grant.ClientId);
    }, Soon);

    /// <summary>Makes a client as old as if the time had passed; the clock itself would have every timer of the server tick for each second of it.</summary>
    private protected Task AgeAsync(string clientId, TimeSpan age) => Store.WriteAsync(async context => (await context.Clients.SingleAsync(row => row.ClientId == clientId)).CreatedAt -= age, Soon);

    private protected string Document(string more = "", string? id = null) =>
        $$"""{"client_id":"{{id ?? DocumentId}}","client_name":"Editor","redirect_uris":["http://127.0.0.1/callback"],"token_endpoint_auth_method":"none"{{more}}}""";
}

/// <summary>An answer about clients.</summary>
internal sealed record ClientAnswer(HttpStatusCode Status, JsonObject? Json, Dictionary<string, string> Headers)
{
    public string this[string name] => Json![name]!.ToString();

    public string Id => this["client_id"];

    public string Token => this["registration_access_token"];

    public string Address => this["registration_client_uri"];

    public string? Error => Json?["error"]?.ToString();

    public string? Description => Json?["error_description"]?.ToString();
}

using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using OpenIddict.Abstractions;

namespace AgentBrain.Server.Tests.AuthorizationServer.Consent;

/// <summary>A server on a clock of the test's, its owner signed in with one browser, and clients that ask.</summary>
public abstract partial class ConsentScene : IAsyncLifetime
{
    public const string Loopback = "http://127.0.0.1:7777/callback";
    public const string Site = "https://client.example/callback";
    public const string DocumentId = "https://client.example/oauth/metadata.json";
    public const string Read = "agent-brain:read";
    public const string All = "agent-brain:read agent-brain:index agent-brain:subscribe agent-brain:admin";

    private protected FakeTimeProvider Time { get; } = new(TimeProvider.System.GetUtcNow());

    private protected TestBrain Brain { get; private set; } = null!;

    private protected OwnerBrowser Browser { get; private set; } = null!;

    private protected AuthorityStore Store => Brain.Services.GetRequiredService<AuthorityStore>();

    private protected string Issuer => $"http://127.0.0.1:{Brain.Port}";

    private protected string Resource => Issuer + "/mcp";

    /// <summary>Hosts that the operator knows.</summary>
    private protected virtual string Trusted => "known.example";

    public async ValueTask InitializeAsync()
    {
        Brain = await OwnerBrowser.StartServer(builder => builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Time)), $"--AGENT_BRAIN_TRUSTED_CLIENT_HOSTS={Trusted}");
        Browser = await OwnerBrowser.SetUp(Brain);

        // What is right after a sign-in has tests of its own.
        Time.Advance(TimeSpan.FromMinutes(2));
    }

    public async ValueTask DisposeAsync()
    {
        Browser.Dispose();
        await Brain.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Adds a client as registration would.</summary>
    private protected async Task AddClientAsync(string id, string redirect, ClientKind kind = ClientKind.Dynamic, string? name = null, string? secret = null, string metadata = "{}")
    {
        await using var scope = Brain.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>().CreateAsync(new ClientRecord
        {
            ClientId = id,
            ClientIdDigest = Base64UrlText.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(id))),
            MetadataDigest = "digest",
            Kind = kind,
            DisplayName = name,
            Metadata = metadata,
            CreatedAt = Time.GetUtcNow(),
            FreshUntil = kind == ClientKind.Document ? Time.GetUtcNow() + TimeSpan.FromDays(1) : null,
            ClientType = secret is null ? OpenIddictConstants.ClientTypes.Public : OpenIddictConstants.ClientTypes.Confidential,
            ConsentType = OpenIddictConstants.ConsentTypes.Explicit,
            RedirectUris = JsonSerializer.Serialize<string[]>([redirect]),
            Permissions = JsonSerializer.Serialize<string[]>(
            [
                OpenIddictConstants.Permissions.Endpoints.Authorization, OpenIddictConstants.Permissions.Endpoints.Token, OpenIddictConstants.Permissions.Endpoints.PushedAuthorization,
                OpenIddictConstants.Permissions.GrantTypes.AuthorizationCode, OpenIddictConstants.Permissions.GrantTypes.RefreshToken, OpenIddictConstants.Permissions.ResponseTypes.Code,
                OpenIddictConstants.Permissions.Prefixes.Resource + Resource, .. ScopeSetText.Vocabulary.Select(scope => OpenIddictConstants.Permissions.Prefixes.Scope + scope),
            ]),
        }, secret!);
    }

    /// <summary>The address of an authorization request.</summary>
    private protected static string Ask(string client, string redirect, string scope = Read, string state = "s1", string more = "") => QueryHelpers.AddQueryString(EndpointPaths.Authorize, new Dictionary<string, string?>
    {
        ["client_id"] = client,
        ["redirect_uri"] = redirect,
        ["response_type"] = "code",
        ["scope"] = scope,
        ["state"] = state,
        ["code_challenge"] = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        ["code_challenge_method"] = "S256",
    }) + more;

    /// <summary>Pushes a request (RFC 9126), and returns the address that opens it.</summary>
    private protected async Task<string> PushAsync(string client, string redirect)
    {
        var query = QueryHelpers.ParseQuery(Ask(client, redirect)[EndpointPaths.Authorize.Length..]);
        using var content = new FormUrlEncodedContent(query.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.ToString())));
        using var response = await Brain.Client.PostAsync(EndpointPaths.PushedAuthorization, content);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Created, body);
        return $"{EndpointPaths.Authorize}?client_id={client}&request_uri={Uri.EscapeDataString(JsonDocument.Parse(body).RootElement.GetProperty("request_uri").GetString()!)}";
    }

    /// <summary>Opens the consent page of a request.</summary>
    private protected async Task<ShownPage> OpenAsync(string path, OwnerBrowser? browser = null)
    {
        using var response = await (browser ?? Browser).Get(path);
        var page = await ShownPage.ReadAsync(response);
        Assert.True(page.Interaction is not null, $"{page.Status}: {page.Html}");
        return page;
    }

    /// <summary>Answers it.</summary>
    private protected async Task<ShownPage> AnswerAsync(ShownPage page, string answer, string[] scopes, OwnerBrowser? browser = null)
    {
        KeyValuePair<string, string>[] fields = [new("interaction", page.Interaction!), new("answer", answer), .. scopes.Select(scope => KeyValuePair.Create("scope", scope))];
        using var response = await (browser ?? Browser).Post(EndpointPaths.Consent, page.Token, fields);
        return await ShownPage.ReadAsync(response);
    }

    /// <summary>Asks and is allowed.</summary>
    private protected async Task<ShownPage> AllowAsync(string path, params string[] scopes)
    {
        var answer = await AnswerAsync(await OpenAsync(path), "allow", scopes);
        Assert.Equal(HttpStatusCode.SeeOther, answer.Status);
        return answer;
    }

    private protected Task ChangeClientAsync(string id) =>
        Store.WriteAsync(database => database.Clients.Where(client => client.ClientId == id).ExecuteUpdateAsync(update => update.SetProperty(client => client.MetadataDigest, "another")));

    /// <summary>Takes the redirect away and leaves the digest: a writer that forgot about it.</summary>
    private protected Task MoveClientAsync(string id, string redirect) =>
        Store.WriteAsync(database => database.Clients.Where(client => client.ClientId == id).ExecuteUpdateAsync(update => update.SetProperty(client => client.RedirectUris, JsonSerializer.Serialize<string[]>([redirect]))));

    private protected Task<List<GrantRecord>> GrantsAsync() => Store.ReadAsync(database => database.Grants.ToListAsync());

    private protected Task<List<ActivityRecord>> ActivitiesAsync(string kind) => Store.ReadAsync(database => database.Activities.Where(activity => activity.Kind == kind).ToListAsync());
}

/// <summary>A page as a browser got it.</summary>
internal sealed partial record ShownPage(HttpStatusCode Status, string Html, string? Location, string Policy)
{
    public string? Token => OwnerBrowser.Token(Html);

    public string? Interaction => Field().Match(Html) is { Success: true } match ? WebUtility.HtmlDecode(match.Groups["value"].Value) : null;

    /// <summary>The text, as a person reads it.</summary>
    public string Text => WebUtility.HtmlDecode(Tag().Replace(Html, ""));

    public string? Query(string name) => Location is not null && QueryHelpers.ParseQuery(new Uri(Location).Query).TryGetValue(name, out var value) ? value.ToString() : null;

    /// <summary>The boxes that are there, and whether they are ticked.</summary>
    public Dictionary<string, bool> Boxes => Box().Matches(Html).ToDictionary(match => match.Groups["value"].Value, match => match.Value.Contains("checked", StringComparison.Ordinal), StringComparer.Ordinal);

    public static async Task<ShownPage> ReadAsync(HttpResponseMessage response) => new(
        response.StatusCode,
        await response.Content.ReadAsStringAsync(),
        response.Headers.NonValidated.TryGetValues("Location", out var location) ? location.ToString() : null,
        response.Headers.TryGetValues("Content-Security-Policy", out var policy) ? policy.Single() : "");

    [GeneratedRegex("<input[^>]*name=\"interaction\"[^>]*value=\"(?<value>[^\"]*)\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Field();

    [GeneratedRegex("<input[^>]*name=\"scope\"[^>]*value=\"(?<value>[^\"]*)\"[^>]*>", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Box();

    [GeneratedRegex("<[^>]*>", RegexOptions.NonBacktracking)]
    private static partial Regex Tag();
}

using System.Net;
using System.Security.Cryptography;
using System.Text;
using AgentBrain.OAuth.Tests.Clients;
using AgentBrain.Server.AuthorizationServer.Clients;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.AuthorizationServer.Clients;

/// <summary>Clients whose id is the URL of their metadata (client id metadata documents).</summary>
public sealed class DocumentClientTests : ClientScene
{
    [Fact]
    public async Task A_document_becomes_a_client_and_is_believed_for_as_long_as_its_host_says()
    {
        Documents.Response = DocumentHost.Ok(Document(""","dpop_bound_access_tokens":true"""), more: "Cache-Control: max-age=3600\r\n");

        var client = (await Directory.ResolveAsync(DocumentId, Soon)).Client!;
        await Directory.ResolveAsync(DocumentId, Soon);
        Time.Advance(TimeSpan.FromSeconds(3599));
        await Directory.ResolveAsync(DocumentId, Soon);
        Assert.Single(Documents.Requests);

        Time.Advance(TimeSpan.FromSeconds(1));
        await Directory.ResolveAsync(DocumentId, Soon);
        Assert.Equal(2, Documents.Requests.Count);
        Assert.Equal((ClientKind.Document, DocumentId, "public", true, "Editor"), (client.Kind, client.ClientId, client.ClientType, client.RequiresDpop, client.DisplayName));
        Assert.Single(await ClientsAsync());
        Assert.Equal(["client.registered"], await ActivitiesAsync());
    }

    [Fact]
    public async Task What_cannot_be_fetched_is_not_remembered_as_such()
    {
        Documents.Response = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nCache-Control: max-age=3600\r\n\r\n";
        var refused = await Directory.ResolveAsync(DocumentId, Soon);
        Assert.Equal((null, "client_document"), (refused.Client, refused.Reason));
        Assert.Empty(await ClientsAsync());

        Documents.Response = DocumentHost.Ok(Document());
        Assert.NotNull((await Directory.ResolveAsync(DocumentId, Soon)).Client);
    }

    [Fact]
    public async Task Once_it_is_not_fresh_any_more_an_old_document_is_not_believed()
    {
        Documents.Response = DocumentHost.Ok(Document());
        await Directory.ResolveAsync(DocumentId, Soon);
        Time.Advance(TimeSpan.FromMinutes(6));
        Documents.Response = DocumentHost.Ok(Document(id: "https://localhost/another"));

        var refused = await Directory.ResolveAsync(DocumentId, Soon);

        Assert.Null(refused.Client);
        Assert.Contains("client_id is not the URL", refused.Description, StringComparison.Ordinal);
        Assert.NotNull(await Directory.FindAsync(DocumentId, Soon));
    }

    [Fact]
    public async Task A_document_that_changes_where_answers_go_ends_consent_and_tokens()
    {
        Documents.Response = DocumentHost.Ok(Document());
        await Directory.ResolveAsync(DocumentId, Soon);
        var grant = await AgreeAsync(DocumentId);
        Time.Advance(TimeSpan.FromMinutes(6));
        Documents.Response = DocumentHost.Ok(Document(""","client_uri":"https://client.example/" """));
        await Directory.ResolveAsync(DocumentId, Soon);
        Assert.True(await LivesAsync(grant));

        Time.Advance(TimeSpan.FromMinutes(6));
        Documents.Response = DocumentHost.Ok(Document().Replace("http://127.0.0.1/callback", "https://evil.example/callback", StringComparison.Ordinal));
        await Directory.ResolveAsync(DocumentId, Soon);

        Assert.False(await LivesAsync(grant));
        Assert.Equal(["client.registered", "client.changed", "grant.revoked"], await ActivitiesAsync());
    }

    [Fact]
    public async Task Keys_at_an_address_are_fetched_through_the_same_guard()
    {
        Documents.Paths["/client.json"] = DocumentHost.Ok(Keyed($"https://localhost:{Documents.Port}/keys"), more: "Cache-Control: max-age=7200\r\n");
        Documents.Paths["/keys"] = DocumentHost.Ok(Jwks(), more: "Cache-Control: max-age=600\r\n");

        var client = (await Directory.ResolveAsync(DocumentId, Soon)).Client!;

        Assert.Equal(("confidential", "private_key_jwt"), (client.ClientType, client.AuthenticationMethod));
        Assert.Contains("\"kid\":\"one\"", client.JsonWebKeySet, StringComparison.Ordinal);
        Assert.Equal(Time.GetUtcNow().AddSeconds(600), client.FreshUntil!.Value, TimeSpan.FromMilliseconds(2));
    }

    [Theory]
    [InlineData("http://localhost/keys", "jwks_uri is not an https URL")]
    [InlineData("https://169.254.169.254/keys", "jwks_uri does not name a public host")]
    [InlineData("https://intranet/keys", "jwks_uri has no host that every reader reads alike")]
    [InlineData("https://localhost:PORT/none", "jwks_uri leads to was not read: the status is not 200")]
    [InlineData("https://localhost:PORT/bad", "jwks_uri is no JWK set")]
    public async Task Keys_that_cannot_be_had_make_no_client(string address, string description)
    {
        Documents.Paths["/client.json"] = DocumentHost.Ok(Keyed(address.Replace("PORT", $"{Documents.Port}", StringComparison.Ordinal)));
        Documents.Paths["/none"] = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
        Documents.Paths["/bad"] = DocumentHost.Ok("{}");

        var refused = await Directory.ResolveAsync(DocumentId, Soon);

        Assert.Contains(description, refused.Description, StringComparison.Ordinal);
        Assert.Empty(await ClientsAsync());
    }

    [Theory]
    [InlineData("https://localhost/", "client_id_url")]
    [InlineData("https://localhost/x?y", "client_id_url")]
    [InlineData("HTTPS://localhost/x", "client_id_url")]
    [InlineData("https://10.0.0.1/x", "client_id_url")]
    [InlineData("c-unknown", "client_unknown")]
    public async Task An_id_that_is_none_makes_the_server_fetch_nothing(string id, string reason)
    {
        Assert.Equal(reason, (await Directory.ResolveAsync(id, Soon)).Reason);
        Assert.Equal(0, Documents.Connections);
    }

    /// <summary>The attack of SR-31 (a): a stranger makes the server fetch what they name.</summary>
    [Fact]
    public async Task Nobody_who_is_not_signed_in_makes_the_server_fetch_anything()
    {
        Documents.Response = DocumentHost.Ok(Document());
        using var stranger = OwnerBrowser.Open(Brain);

        using var authorize = await stranger.Get(Authorize());
        using var pushed = await stranger.Client.PostAsync("/oauth/par", new FormUrlEncodedContent(Parameters()), Soon);
        using var token = await stranger.Client.PostAsync("/oauth/token", new FormUrlEncodedContent([new("grant_type", "authorization_code"), new("code", "x"), new("client_id", DocumentId), new("code_verifier", new string('x', 43))]), Soon);

        Assert.StartsWith("/sign-in", authorize.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.False(pushed.IsSuccessStatusCode);
        Assert.False(token.IsSuccessStatusCode);
        Assert.Equal(0, Documents.Connections);
        Assert.Empty(await ClientsAsync());
    }

    [Fact]
    public async Task The_owners_browser_makes_the_server_fetch_the_document_and_sees_the_client()
    {
        Documents.Response = DocumentHost.Ok(Document());
        using var owner = await OwnerBrowser.SetUp(Brain);

        using var page = await owner.Get(Authorize());

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("Editor", await page.Content.ReadAsStringAsync(Soon), StringComparison.Ordinal);
        Assert.Single(Documents.Requests);

        // Once it is stored, it can push its requests.
        using var pushed = await owner.Client.PostAsync("/oauth/par", new FormUrlEncodedContent(Parameters()), Soon);
        Assert.Equal(HttpStatusCode.Created, pushed.StatusCode);
        Assert.Single(Documents.Requests);
    }

    [Fact]
    public async Task The_owner_is_told_what_is_wrong_with_a_document()
    {
        Documents.Response = DocumentHost.Ok("{}");
        using var owner = await OwnerBrowser.SetUp(Brain);

        using var page = await owner.Get(Authorize());

        Assert.Equal(HttpStatusCode.BadRequest, page.StatusCode);
        Assert.Contains("client_id is not the URL", WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync(Soon)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ids_of_two_thousand_characters_are_kept_apart_by_all_of_them()
    {
        var (one, other) = ($"https://localhost:{Documents.Port}/".PadRight(1999, 'a') + "1", $"https://localhost:{Documents.Port}/".PadRight(1999, 'a') + "2");
        foreach (var id in new[] { one, other })
        {
            Documents.Response = DocumentHost.Ok(Document(id: id));
            Assert.NotNull((await Directory.ResolveAsync(id, Soon)).Client);
        }

        Assert.Equal(2, (await ClientsAsync()).Select(client => client.ClientIdDigest).Distinct().Count());
        Assert.Equal(one, (await Directory.FindAsync(one, Soon))!.ClientId);
        await Assert.ThrowsAnyAsync<DbUpdateException>(() => Store.WriteAsync(context =>
        {
            context.Clients.Add(ClientRecord.Create(one, ClientKind.Document, Time.GetUtcNow()));
            return Task.CompletedTask;
        }, Soon));
    }

    [Fact]
    public async Task Use_is_noted_to_the_hour()
    {
        var id = (await RegisterEditorAsync("http://127.0.0.1/cb")).Id;
        await Use.NoteAsync((await Directory.FindAsync(id, Soon))!, isOwn: false, null);
        var first = (await Directory.FindAsync(id, Soon))!;
        Time.Advance(TimeSpan.FromMinutes(59));
        await Use.NoteAsync(first, isOwn: false, null);
        var same = (await Directory.FindAsync(id, Soon))!;
        Time.Advance(TimeSpan.FromMinutes(1));
        await Use.NoteAsync(same, isOwn: false, null);

        Assert.NotNull(first.LastUsedAt);
        Assert.Equal(first.LastUsedAt, same.LastUsedAt);
        Assert.True((await Directory.FindAsync(id, Soon))!.LastUsedAt > first.LastUsedAt);
    }

    [Fact]
    public async Task A_client_that_rotates_its_keys_can_go_on()
    {
        Documents.Paths["/client.json"] = DocumentHost.Ok(Keyed($"https://localhost:{Documents.Port}/keys"));
        Documents.Paths["/keys"] = DocumentHost.Ok(Jwks());
        var added = await Registration.AddAsync(new NewClient { Name = "CI", OwnBrains = ["default"], AuthenticationMethod = "private_key_jwt", JwksUri = $"https://localhost:{Documents.Port}/keys" }, Soon);
        var document = (await Directory.ResolveAsync(DocumentId, Soon)).Client!;
        var grant = await AgreeAsync(DocumentId);
        var refresh = Brain.Services.GetRequiredService<ClientKeyRefresh>();
        Documents.Paths["/keys"] = DocumentHost.Ok(Jwks());
        await refresh.RefreshAsync(Soon);
        Assert.Equal(3, Documents.Requests.Count);

        Time.Advance(TimeSpan.FromMinutes(5));
        await refresh.RefreshAsync(Soon);

        var (first, second) = ((await Directory.FindAsync(added.Client.ClientId!, Soon))!, (await Directory.FindAsync(DocumentId, Soon))!);
        Assert.NotEqual(added.Client.JsonWebKeySet, first.JsonWebKeySet);
        Assert.NotEqual(document.JsonWebKeySet, second.JsonWebKeySet);
        Assert.True(await LivesAsync(grant), "Keys behind an address are the address's owner's to change.");

        // What fails changes nothing.
        Time.Advance(TimeSpan.FromMinutes(5));
        Documents.Paths["/keys"] = DocumentHost.Ok("{}");
        await refresh.RefreshAsync(Soon);
        Assert.Equal(first.JsonWebKeySet, (await Directory.FindAsync(added.Client.ClientId!, Soon))!.JsonWebKeySet);
    }

    [Fact]
    public async Task The_keys_of_a_client_that_nobody_agreed_to_are_not_fetched_again()
    {
        Documents.Paths["/client.json"] = DocumentHost.Ok(Keyed($"https://localhost:{Documents.Port}/keys"));
        Documents.Paths["/keys"] = DocumentHost.Ok(Jwks());
        await Directory.ResolveAsync(DocumentId, Soon);
        Time.Advance(TimeSpan.FromMinutes(6));

        await Brain.Services.GetRequiredService<ClientKeyRefresh>().RefreshAsync(Soon);

        Assert.Equal(2, Documents.Requests.Count);
    }

    private static string Jwks()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(false).Q;
        return $$"""{"keys":[{"kty":"EC","crv":"P-256","kid":"one","x":"{{Base64UrlText.Encode(point.X)}}","y":"{{Base64UrlText.Encode(point.Y)}}"}]}""";
    }

    private string Keyed(string address) => Document().Replace("\"none\"", $"\"private_key_jwt\",\"jwks_uri\":\"{address}\"", StringComparison.Ordinal);

    private string Authorize() => "/oauth/authorize?" + string.Join('&', Parameters().Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));

    private KeyValuePair<string, string>[] Parameters() =>
    [
        new("client_id", DocumentId), new("response_type", "code"), new("redirect_uri", "http://127.0.0.1:5123/callback"), new("scope", "agent-brain:read"), new("state", "s"),
        new("code_challenge", Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(new string('x', 43))))), new("code_challenge_method", "S256"),
    ];
}

/// <summary>The same where the operator has listed the hosts of clients.</summary>
public sealed class ClientListTests : ClientScene
{
    private protected override string[] More => ["--AGENT_BRAIN_REGISTRATION=allow-list", "--AGENT_BRAIN_TRUSTED_CLIENT_HOSTS=client.example"];

    [Fact]
    public async Task Only_redirects_on_a_listed_host_are_registered()
    {
        var mixed = await RegisterEditorAsync("https://client.example/cb", "https://evil.example/cb", "http://127.0.0.1/cb", "cursor://client.example/cb");
        var refused = await RegisterAsync("""{"redirect_uris":["https://evil.example/cb","https://client.example.evil.example/cb"]}""");
        var loopback = await RegisterAsync("""{"redirect_uris":["http://127.0.0.1/cb"]}""");

        Assert.Equal("""["https://client.example/cb"]""", mixed.Json!["redirect_uris"]!.ToJsonString());
        Assert.All(new[] { refused, loopback }, answer => Assert.Equal((HttpStatusCode.BadRequest, "invalid_redirect_uri"), (answer.Status, answer.Error)));
        Assert.Single(await ClientsAsync());
    }

    [Fact]
    public async Task A_document_must_be_on_a_listed_host_or_lead_to_one()
    {
        Documents.Response = DocumentHost.Ok(Document());
        Assert.Equal("registration_closed", (await Directory.ResolveAsync(DocumentId, Soon)).Reason);
        Assert.Empty(await ClientsAsync());

        Documents.Response = DocumentHost.Ok(Document().Replace("http://127.0.0.1/callback", "https://client.example/callback", StringComparison.Ordinal));
        Assert.NotNull((await Directory.ResolveAsync(DocumentId, Soon)).Client);
        Assert.NotNull((await Directory.ResolveAsync(DocumentId, Soon)).Client);
    }

    [Fact]
    public async Task A_stored_document_is_held_against_the_list_again()
    {
        await Store.WriteAsync(context =>
        {
            var client = ClientRecord.Create(DocumentId, ClientKind.Document, Time.GetUtcNow());
            client.Describe("Editor", "none", ["http://127.0.0.1/cb"], null);
            client.FreshUntil = Time.GetUtcNow().AddHours(1);
            context.Clients.Add(client);
            return Task.CompletedTask;
        }, Soon);

        Assert.Equal("registration_closed", (await Directory.ResolveAsync(DocumentId, Soon)).Reason);
        Assert.Equal(0, Documents.Connections);
    }

    [Fact]
    public void A_document_on_a_listed_host_may_have_loopback_redirects()
    {
        var admission = Brain.Services.GetRequiredService<ClientAdmission>();
        Assert.True(AgentBrain.OAuth.Clients.ClientIdUrl.TryRead("https://client.example/x", false, out var url, out _));
        Assert.True(admission.Allows(url, ["http://127.0.0.1/cb"]));
    }
}

/// <summary>The same where nobody may register.</summary>
public sealed class ClosedRegistrationTests : ClientScene
{
    private protected override string[] More => ["--AGENT_BRAIN_REGISTRATION=off"];

    [Fact]
    public async Task Nobody_registers()
    {
        var answer = await RegisterAsync("""{"redirect_uris":["http://127.0.0.1/cb"]}""");

        Assert.Equal((HttpStatusCode.Forbidden, "access_denied"), (answer.Status, answer.Error));
    }

    [Fact]
    public async Task No_document_is_fetched()
    {
        Assert.Equal("registration_closed", (await Directory.ResolveAsync(DocumentId, Soon)).Reason);
        Assert.Equal(0, Documents.Connections);
    }

    [Fact]
    public async Task A_client_that_is_registered_already_can_remove_itself_and_not_change()
    {
        var store = Brain.Services.GetRequiredService<AgentBrain.Server.AuthorizationServer.Clients.Registration.RegistrationStore>();
        var metadata = AgentBrain.OAuth.Clients.ClientMetadataReader.ReadRegistration(System.Text.Json.JsonElement.Parse("""{"redirect_uris":["http://127.0.0.1/cb"]}"""), out _)!;
        var registered = await store.AddAsync(metadata, null);
        var (address, token) = ("/oauth/register/" + registered.Client.ClientId, registered.AccessToken);

        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Put, address, $$"""{"client_id":"{{registered.Client.ClientId}}","redirect_uris":["http://127.0.0.1/cb"]}""", token)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, address, token: token)).Status);
    }
}

using System.Net;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;

namespace AgentBrain.Server.Tests.AuthorizationServer.Clients;

/// <summary>Clients that register themselves (RFC 7591).</summary>
public sealed class RegistrationTests : ClientScene
{
    [Fact]
    public async Task A_client_registers_and_is_told_all_that_was_registered()
    {
        var answer = await RegisterAsync("""{"client_name":"Editor","redirect_uris":["http://127.0.0.1/callback"],"token_endpoint_auth_method":"none","grant_types":["authorization_code","refresh_token"],"scope":"agent-brain:read"}""");

        Assert.Equal(HttpStatusCode.Created, answer.Status);
        Assert.Equal("no-store", answer.Headers["Cache-Control"]);
        Assert.Equal(
            ["redirect_uris", "token_endpoint_auth_method", "grant_types", "response_types", "application_type", "dpop_bound_access_tokens", "client_name", "scope", "client_id", "client_id_issued_at", "registration_client_uri", "registration_access_token"],
            answer.Json!.Select(member => member.Key));
        Assert.Equal($"http://127.0.0.1:{Brain.Port}/oauth/register/{answer.Id}", answer.Address);
        Assert.Equal(Time.GetUtcNow().ToUnixTimeSeconds(), answer.Json!["client_id_issued_at"]!.GetValue<long>());

        var client = (await Directory.FindAsync(answer.Id, Soon))!;
        Assert.Equal((ClientKind.Dynamic, "public", "none", "native", "explicit", null), (client.Kind, client.ClientType, client.AuthenticationMethod, client.ApplicationType, client.ConsentType, client.ClientSecret));
        Assert.Equal(["client.registered"], await ActivitiesAsync());
    }

    [Fact]
    public async Task Ids_are_random_and_none_can_be_taken_for_the_url_of_a_document()
    {
        string[] ids = [(await RegisterEditorAsync("http://localhost/cb")).Id, (await RegisterEditorAsync("http://localhost/cb")).Id];

        Assert.Distinct(ids);
        Assert.All(ids, id => Assert.StartsWith("c-", id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_client_id_that_a_client_wishes_for_is_not_given()
    {
        var answer = await RegisterAsync("""{"client_id":"https://claude.ai/x","client_secret":"chosen","redirect_uris":["http://127.0.0.1/callback"]}""");

        Assert.StartsWith("c-", answer.Id, StringComparison.Ordinal);
        Assert.Null(answer.Json!["client_secret"]);
    }

    [Fact]
    public async Task A_web_client_gets_a_secret_that_is_kept_as_a_digest()
    {
        var answer = await RegisterAsync("""{"redirect_uris":["https://client.example/callback"],"token_endpoint_auth_method":"client_secret_basic"}""");

        Assert.Equal(0, answer.Json!["client_secret_expires_at"]!.GetValue<int>());
        var client = (await Directory.FindAsync(answer.Id, Soon))!;
        Assert.Equal("confidential", client.ClientType);
        Assert.DoesNotContain(answer["client_secret"], $"{client.ClientSecret}{client.Metadata}{client.SecondSecret}", StringComparison.Ordinal);
        Assert.True(await ValidatesAsync(client, answer["client_secret"]));
        Assert.False(await ValidatesAsync(client, answer["client_secret"] + "x"));
        Assert.False(await ValidatesAsync(client, client.ClientSecret!));
    }

    [Fact]
    public async Task The_CSharp_SDK_is_told_that_it_has_no_secret_and_gets_none()
    {
        var answer = await RegisterAsync("""{"redirect_uris":["http://localhost:1179/callback"],"grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"client_secret_post","client_name":"ProtectedMcpClient"}""");

        Assert.Equal(HttpStatusCode.Created, answer.Status);
        Assert.Equal("none", answer["token_endpoint_auth_method"]);
        Assert.Null(answer.Json!["client_secret"]);
        Assert.Null(answer.Json!["client_secret_expires_at"]);
    }

    [Fact]
    public async Task Cursors_mixed_list_is_registered_without_what_is_not_acceptable_and_that_is_refused_later()
    {
        var answer = await RegisterEditorAsync("cursor://anysphere.cursor-mcp/oauth/callback", "http://localhost:8787/callback", "http://cursor.com/callback");

        Assert.Equal(2, answer.Json!["redirect_uris"]!.AsArray().Count);
        var client = (await Directory.FindAsync(answer.Id, Soon))!;
        Assert.True(await RedirectsAsync(client, "cursor://anysphere.cursor-mcp/oauth/callback"));
        Assert.True(await RedirectsAsync(client, "http://localhost:9000/callback"));
        Assert.False(await RedirectsAsync(client, "http://cursor.com/callback"));
        Assert.False(await RedirectsAsync(client, "http://127.0.0.1:8787/callback"));
    }

    [Fact]
    public async Task A_client_that_wants_bound_tokens_only_is_kept_as_one()
    {
        var answer = await RegisterAsync("""{"redirect_uris":["http://127.0.0.1/callback"],"dpop_bound_access_tokens":true}""");

        Assert.True((await Directory.FindAsync(answer.Id, Soon))!.RequiresDpop);
        Assert.Equal("true", answer["dpop_bound_access_tokens"]);
    }

    [Fact]
    public async Task No_client_that_registers_itself_may_get_tokens_for_itself()
    {
        var refused = await RegisterAsync("""{"redirect_uris":["https://client.example/cb"],"grant_types":["client_credentials"],"token_endpoint_auth_method":"client_secret_basic"}""");
        var answer = await RegisterAsync("""{"redirect_uris":["https://client.example/cb"],"grant_types":["authorization_code","client_credentials"],"token_endpoint_auth_method":"client_secret_basic"}""");

        Assert.Equal("invalid_client_metadata", refused.Error);
        var client = (await Directory.FindAsync(answer.Id, Soon))!;
        Assert.DoesNotContain("client_credentials", client.Permissions + client.Metadata, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"redirect_uris":["http://client.example/cb"]}""", "invalid_redirect_uri", "redirect_uris[0] is http off")]
    [InlineData("""{"redirect_uris":["javascript:alert(1)"]}""", "invalid_redirect_uri", "redirect_uris[0] has")]
    [InlineData("{}", "invalid_redirect_uri", "redirect_uris is not")]
    [InlineData("""{"redirect_uris":["http://127.0.0.1/cb"],"client_name":1}""", "invalid_client_metadata", "client_name is not a text")]
    [InlineData("""{"redirect_uris":["https://client.example/cb"],"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"https://client.example/k"}""", "invalid_client_metadata", "jwks_uri is not fetched")]
    [InlineData("[]", "invalid_client_metadata", "The body is not one JSON object")]
    [InlineData("""{"redirect_uris":[],"redirect_uris":["http://127.0.0.1/cb"]}""", "invalid_client_metadata", "The body is not one JSON object")]
    public async Task What_is_wrong_is_named(string json, string error, string description)
    {
        var answer = await RegisterAsync(json);

        Assert.Equal((HttpStatusCode.BadRequest, error), (answer.Status, answer.Error));
        Assert.StartsWith(description, answer.Description, StringComparison.Ordinal);
        Assert.Empty(await ClientsAsync());
    }

    [Fact]
    public async Task The_body_has_a_bound_whether_it_says_its_length_or_not()
    {
        var json = $$"""{"redirect_uris":["http://127.0.0.1/cb"],"x":"{{new string('x', 16 * 1024)}}"}""";
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/oauth/register") { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") };
        chunked.Headers.TransferEncodingChunked = true;
        using var response = await Brain.Client.SendAsync(chunked, Soon);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await RegisterAsync(json)).Status);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await RegisterAsync(json[..(15 * 1024)] + "\"}")).Status);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task A_page_of_another_site_cannot_send_it_without_asking_first(string type) =>
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await SendAsync(HttpMethod.Post, "/oauth/register", """{"redirect_uris":["http://127.0.0.1/cb"]}""", type: type)).Status);

    [Fact]
    public async Task The_Inspectors_page_may_register_from_its_own_origin()
    {
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/oauth/register");
        preflight.Headers.TryAddWithoutValidation("Origin", "http://localhost:6274");
        preflight.Headers.TryAddWithoutValidation("Access-Control-Request-Method", "POST");
        preflight.Headers.TryAddWithoutValidation("Access-Control-Request-Headers", "content-type");
        using var allowed = await Brain.Client.SendAsync(preflight, Soon);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/register") { Content = new StringContent("""{"redirect_uris":["http://localhost:6274/oauth/callback"],"client_name":"MCP Inspector"}""", System.Text.Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Origin", "http://localhost:6274");
        using var response = await Brain.Client.SendAsync(request, Soon);

        Assert.Equal("*", allowed.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task No_secret_and_no_token_is_in_the_log_or_the_database()
    {
        var answer = await RegisterAsync("""{"redirect_uris":["https://client.example/cb"],"token_endpoint_auth_method":"client_secret_basic"}""");
        await SendAsync(HttpMethod.Get, answer.Address, token: answer.Token);
        await SendAsync(HttpMethod.Get, answer.Address, token: answer.Token + "x");

        var rows = await Store.ReadAsync(context => Task.FromResult(string.Join('\n', context.Clients.AsEnumerable().Select(client => System.Text.Json.JsonSerializer.Serialize(client)))), Soon);
        Assert.NotEmpty(rows);
        Assert.All(new[] { answer["client_secret"], answer.Token }, secret => Assert.DoesNotContain(secret, rows + string.Join('\n', Brain.Log.Lines), StringComparison.Ordinal));
    }

    private async Task<bool> ValidatesAsync(ClientRecord client, string secret)
    {
        await using var scope = Brain.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>().ValidateClientSecretAsync(client, secret);
    }

    private async Task<bool> RedirectsAsync(ClientRecord client, string uri)
    {
        await using var scope = Brain.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>().ValidateRedirectUriAsync(client, uri);
    }
}

/// <summary>How clients change and remove what they registered (RFC 7592).</summary>
public sealed class RegistrationAccessTests : ClientScene
{
    [Fact]
    public async Task A_client_reads_what_it_registered()
    {
        var answer = await RegisterEditorAsync("http://127.0.0.1/cb");

        var read = await SendAsync(HttpMethod.Get, answer.Address, token: answer.Token);

        Assert.Equal(HttpStatusCode.OK, read.Status);
        Assert.Equal(answer.Json!.ToJsonString(), read.Json!.ToJsonString());
    }

    [Fact]
    public async Task A_wrong_token_another_clients_none_and_that_of_a_removed_client_are_refused_alike()
    {
        var (one, other) = (await RegisterEditorAsync("http://127.0.0.1/cb"), await RegisterEditorAsync("http://127.0.0.1/cb"));
        var removed = await RegisterEditorAsync("http://127.0.0.1/cb");
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, removed.Address, token: removed.Token)).Status);

        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete })
        {
            var json = method == HttpMethod.Put ? Update(one) : null;
            ClientAnswer[] answers =
            [
                await SendAsync(method, one.Address, json, other.Token),
                await SendAsync(method, one.Address, json, one.Token + "A"),
                await SendAsync(method, one.Address, json),
                await SendAsync(method, removed.Address, json, removed.Token),
                await SendAsync(method, "/oauth/register/unknown", json, one.Token),
            ];
            Assert.All(answers, answer => Assert.Equal((HttpStatusCode.Unauthorized, "invalid_token"), (answer.Status, answer.Error)));
            Assert.All(answers, answer => Assert.Equal("Bearer error=\"invalid_token\"", answer.Headers["WWW-Authenticate"]));
        }

        Assert.Equal(2, (await ClientsAsync()).Count);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PATCH")]
    public async Task Other_verbs_are_not_served(string verb)
    {
        var answer = await RegisterEditorAsync("http://127.0.0.1/cb");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await SendAsync(new HttpMethod(verb), answer.Address, "{}", answer.Token)).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await SendAsync(HttpMethod.Put, "/oauth/register", "{}")).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await SendAsync(HttpMethod.Put, "/mcp", "{}")).Status);
    }

    [Fact]
    public async Task A_change_replaces_everything_and_the_token_too()
    {
        var answer = await RegisterEditorAsync("http://127.0.0.1/cb");

        var changed = await SendAsync(HttpMethod.Put, answer.Address, Update(answer, """,  "software_id":"new" """), answer.Token);

        Assert.Equal(HttpStatusCode.OK, changed.Status);
        Assert.Equal("new", changed["software_id"]);
        Assert.Null(changed.Json!["client_name"]);
        Assert.NotEqual(answer.Token, changed.Token);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Get, answer.Address, token: answer.Token)).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, answer.Address, token: changed.Token)).Status);
    }

    [Fact]
    public async Task A_change_of_the_description_leaves_consent_alone()
    {
        var answer = await RegisterEditorAsync("http://127.0.0.1/cb");
        var grant = await AgreeAsync(answer.Id);

        await SendAsync(HttpMethod.Put, answer.Address, Update(answer), answer.Token);

        Assert.True(await LivesAsync(grant));
        Assert.Equal(["client.registered", "client.changed"], await ActivitiesAsync());
    }

    /// <summary>The attack of SR-31 (d): the owner agreed to one place, and the answers are to go to another.</summary>
    [Theory]
    [InlineData("""["https://evil.example/cb"]""", "")]
    [InlineData("""["http://127.0.0.1/cb","https://evil.example/cb"]""", "")]
    [InlineData("""["https://client.example/cb"]""", ""","token_endpoint_auth_method":"client_secret_basic" """)]
    public async Task A_swapped_redirect_uri_or_method_ends_consent_and_tokens(string redirects, string more)
    {
        var answer = await RegisterEditorAsync("http://127.0.0.1/cb");
        var grant = await AgreeAsync(answer.Id);

        var changed = await SendAsync(HttpMethod.Put, answer.Address, $$"""{"client_id":"{{answer.Id}}","redirect_uris":{{redirects}}{{more}}}""", answer.Token);

        Assert.Equal(HttpStatusCode.OK, changed.Status);
        Assert.Equal(more.Length > 0, changed.Json!["client_secret"] is not null);
        Assert.False(await LivesAsync(grant));
        Assert.Equal(["client.registered", "client.changed", "grant.revoked"], await ActivitiesAsync());
    }

    [Fact]
    public async Task A_confidential_client_keeps_its_secret_and_may_show_it()
    {
        var answer = await RegisterAsync("""{"redirect_uris":["https://client.example/cb"],"token_endpoint_auth_method":"client_secret_basic"}""");
        string With(string secret) => $$"""{"client_id":"{{answer.Id}}","redirect_uris":["https://client.example/cb"],"token_endpoint_auth_method":"client_secret_basic","client_secret":"{{secret}}"}""";

        var wrong = await SendAsync(HttpMethod.Put, answer.Address, With("chosen-by-the-client"), answer.Token);
        var right = await SendAsync(HttpMethod.Put, answer.Address, With(answer["client_secret"]), answer.Token);
        var read = await SendAsync(HttpMethod.Get, answer.Address, token: right.Token);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_client_metadata"), (wrong.Status, wrong.Error));
        Assert.Equal(answer["client_secret"], right["client_secret"]);
        Assert.Null(read.Json!["client_secret"]);
        Assert.Equal("0", read["client_secret_expires_at"]);

        var open = await SendAsync(HttpMethod.Put, answer.Address, $$"""{"client_id":"{{answer.Id}}","redirect_uris":["https://client.example/cb"]}""", right.Token);
        Assert.Equal("none", open["token_endpoint_auth_method"]);
        Assert.Null((await Directory.FindAsync(answer.Id, Soon))!.ClientSecret);
    }

    [Theory]
    [InlineData("""{"redirect_uris":["http://127.0.0.1/cb"]}""", "client_id must")]
    [InlineData("""{"client_id":"another","redirect_uris":["http://127.0.0.1/cb"]}""", "client_id must")]
    [InlineData("""{"client_id":"ID","redirect_uris":["http://127.0.0.1/cb"],"registration_access_token":"x"}""", "registration_access_token is not")]
    [InlineData("""{"client_id":"ID","redirect_uris":["http://127.0.0.1/cb"],"registration_client_uri":"x"}""", "registration_client_uri is not")]
    [InlineData("""{"client_id":"ID","redirect_uris":["http://127.0.0.1/cb"],"client_secret_expires_at":0}""", "client_secret_expires_at is not")]
    [InlineData("""{"client_id":"ID","redirect_uris":["http://127.0.0.1/cb"],"client_id_issued_at":0}""", "client_id_issued_at is not")]
    [InlineData("""{"client_id":"ID","redirect_uris":["http://127.0.0.1/cb"],"client_secret":"x"}""", "client_secret is not")]
    [InlineData("""{"client_id":"ID","redirect_uris":["http://127.0.0.1/cb"],"client_secret":7}""", "client_secret is not")]
    [InlineData("""{"client_id":"ID","redirect_uris":[]}""", "redirect_uris is not")]
    [InlineData("[]", "The body")]
    public async Task A_change_that_is_not_right_changes_nothing(string json, string description)
    {
        var answer = await RegisterEditorAsync("http://127.0.0.1/cb");

        var refused = await SendAsync(HttpMethod.Put, answer.Address, json.Replace("\"ID\"", $"\"{answer.Id}\"", StringComparison.Ordinal), answer.Token);

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.StartsWith(description, refused.Description, StringComparison.Ordinal);
        Assert.Equal(answer.Json!.ToJsonString(), (await SendAsync(HttpMethod.Get, answer.Address, token: answer.Token)).Json!.ToJsonString());
    }

    [Fact]
    public async Task Who_removes_a_client_removes_all_that_it_was_given()
    {
        var answer = await RegisterEditorAsync("http://127.0.0.1/cb");
        var grant = await AgreeAsync(answer.Id);

        var removed = await SendAsync(HttpMethod.Delete, answer.Address, token: answer.Token);

        Assert.Equal(HttpStatusCode.NoContent, removed.Status);
        Assert.Null(await Directory.FindAsync(answer.Id, Soon));
        Assert.False(await LivesAsync(grant));
        Assert.Equal(["client.registered", "client.removed", "grant.revoked"], await ActivitiesAsync());
    }

    [Fact]
    public async Task A_document_client_has_no_such_address()
    {
        Documents.Response = AgentBrain.OAuth.Tests.Clients.DocumentHost.Ok(Document());
        Assert.NotNull((await Directory.ResolveAsync(DocumentId, Soon)).Client);

        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Get, "/oauth/register/" + Uri.EscapeDataString(DocumentId), token: "x")).Status);
    }

    private static string Update(ClientAnswer answer, string more = "") => $$"""{"client_id":"{{answer.Id}}","redirect_uris":["http://127.0.0.1/cb"]{{more}}}""";
}

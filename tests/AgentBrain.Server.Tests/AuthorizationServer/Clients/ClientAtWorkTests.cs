using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AgentBrain.Server.AuthorizationServer.Clients;
using AgentBrain.Server.Tests.Hosting;

namespace AgentBrain.Server.Tests.AuthorizationServer.Clients;

/// <summary>Clients at the endpoints of the protocol: what they registered is what counts there.</summary>
public sealed class ClientAtWorkTests : ClientScene
{
    [Theory]
    [InlineData("http://localhost:54545/callback")]
    [InlineData("http://127.0.0.1:33418/callback")]
    public async Task Claude_Codes_random_port_gets_to_the_consent_page(string redirect)
    {
        var client = await RegisterEditorAsync("http://localhost/callback", "http://127.0.0.1/callback");

        Assert.Equal(HttpStatusCode.OK, await AuthorizeAsync(client.Id, redirect));
    }

    [Theory]
    [InlineData("http://[::1]:54545/callback")]
    [InlineData("http://localhost:54545/callback/x")]
    [InlineData("https://localhost:54545/callback")]
    [InlineData("http://cursor.com/callback")]
    public async Task A_redirect_that_was_not_registered_or_not_acceptable_is_refused_on_a_page(string redirect)
    {
        var client = await RegisterEditorAsync("http://localhost/callback", "http://127.0.0.1/callback", "http://cursor.com/callback");

        Assert.Equal(HttpStatusCode.BadRequest, await AuthorizeAsync(client.Id, redirect));
    }

    [Fact]
    public async Task The_npm_SDKs_registered_scope_is_no_limit()
    {
        var client = await RegisterAsync("""{"redirect_uris":["http://localhost:8090/callback"],"scope":"agent-brain:read","token_endpoint_auth_method":"none"}""");

        Assert.Equal(HttpStatusCode.OK, await AuthorizeAsync(client.Id, "http://localhost:8090/callback", "agent-brain:read agent-brain:index"));
    }

    [Fact]
    public async Task A_client_that_was_removed_is_not_known_any_more()
    {
        var client = await RegisterEditorAsync("http://localhost/callback");
        await SendAsync(HttpMethod.Delete, client.Address, token: client.Token);

        Assert.Equal(HttpStatusCode.BadRequest, await AuthorizeAsync(client.Id, "http://localhost:1/callback"));
    }

    [Fact]
    public async Task A_client_of_its_own_right_gets_a_token_with_either_secret_and_its_use_is_noted()
    {
        var (client, first) = await Registration.AddAsync(new NewClient { Name = "CI", OwnBrains = ["default"], AuthenticationMethod = "client_secret_basic" }, Soon);
        var second = await Registration.RotateSecretAsync(client.ClientId!, keepLast: true, Soon);

        Assert.Equal(HttpStatusCode.Unauthorized, (await TokenAsync(client.ClientId!, "another")).Status);
        Assert.Null((await Directory.FindAsync(client.ClientId!, Soon))!.LastUsedAt);
        Assert.Equal(HttpStatusCode.OK, (await TokenAsync(client.ClientId!, first!)).Status);
        Assert.Equal(HttpStatusCode.OK, (await TokenAsync(client.ClientId!, second)).Status);
        Assert.NotNull((await Directory.FindAsync(client.ClientId!, Soon))!.LastUsedAt);
    }

    [Fact]
    public async Task The_tokens_of_a_client_that_was_removed_are_refused_at_once()
    {
        var (client, secret) = await Registration.AddAsync(new NewClient { Name = "CI", OwnBrains = ["default"], AuthenticationMethod = "client_secret_basic" }, Soon);
        var token = (await TokenAsync(client.ClientId!, secret!)).Json!["access_token"]!.ToString();
        Assert.Equal(HttpStatusCode.OK, await CallAsync(token));

        await Registration.RemoveAsync(client.ClientId!, null, Soon);

        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(token));
        Assert.Equal(HttpStatusCode.Unauthorized, (await TokenAsync(client.ClientId!, secret!)).Status);
    }

    [Fact]
    public async Task A_client_that_registered_itself_gets_no_token_for_itself()
    {
        var client = await RegisterAsync("""{"redirect_uris":["https://client.example/cb"],"token_endpoint_auth_method":"client_secret_basic"}""");

        Assert.Equal(HttpStatusCode.BadRequest, (await TokenAsync(client.Id, client["client_secret"])).Status);
    }

    private async Task<HttpStatusCode> AuthorizeAsync(string clientId, string redirect, string scope = "agent-brain:read")
    {
        using var owner = await OwnerBrowser.SetUp(Brain);
        var challenge = Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(new string('x', 43))));
        using var page = await owner.Get($"/oauth/authorize?client_id={clientId}&response_type=code&redirect_uri={Uri.EscapeDataString(redirect)}&scope={Uri.EscapeDataString(scope)}&code_challenge={challenge}&code_challenge_method=S256");
        Assert.Null(page.Headers.Location);
        return page.StatusCode;
    }

    private async Task<HttpStatusCode> CallAsync(string token)
    {
        using var request = Brain.Post(Messages.Initialize);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        using var response = await Brain.Client.SendAsync(request, Soon);
        return response.StatusCode;
    }

    private async Task<ClientAnswer> TokenAsync(string clientId, string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token") { Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", "agent-brain:read")]) };
        request.Headers.TryAddWithoutValidation("Authorization", "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"{clientId}:{secret}")));
        using var response = await Brain.Client.SendAsync(request, Soon);
        var text = await response.Content.ReadAsStringAsync(Soon);
        return new ClientAnswer(response.StatusCode, JsonNode.Parse(text)!.AsObject(), []);
    }
}

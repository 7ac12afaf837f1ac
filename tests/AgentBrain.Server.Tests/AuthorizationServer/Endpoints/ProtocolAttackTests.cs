using System.Text.Json;
using AgentBrain.Server.AuthorizationServer.Clients;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Tests.Authorization.OAuth;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.AuthorizationServer.Endpoints;

/// <summary>The attacks of RFC 9700 §4 that the protocol's endpoints have to answer, one test each.</summary>
public sealed class ProtocolAttackTests(ProtocolWorld world) : IClassFixture<ProtocolWorld>
{
    [Fact]
    public async Task RFC_9700_4_1_a_redirect_uri_that_only_looks_like_the_clients_is_sent_nothing()
    {
        string[] lookalikes =
        [
            "http://127.0.0.1:7777/callback.evil.example", "http://127.0.0.1:7777/Callback", "http://127.0.0.1:7777/callback/", "http://127.0.0.1.evil.example:7777/callback", "http://evil.example@127.0.0.1:7777/callback",
            "http://127.0.0.1:7777/%63allback", "https://127.0.0.1:7777/callback", "http://localhost:7777/callback", "http://127.1:7777/callback", "javascript:alert(1)//http://127.0.0.1:7777/callback",
        ];
        foreach (var lookalike in lookalikes)
        {
            var reply = await world.AuthorizeAsync(new(ProtocolWorld.AuthorizeForm()) { ["redirect_uri"] = lookalike });

            Assert.True((reply.Status, reply.Header("Location")) == (400, ""), $"{lookalike}: {reply.Status} {reply.Header("Location")}");
        }
    }

    [Fact]
    public async Task RFC_9700_4_3_2_tokens_and_secrets_in_the_query_are_not_read()
    {
        var form = new Dictionary<string, string?> { ["grant_type"] = "client_credentials" };
        var reply = await world.PostAsync($"{EndpointPaths.Token}?client_id={ProtocolWorld.Service}&client_secret={ProtocolWorld.Secret}", form);
        var code = await world.CodeForm();
        var query = await world.PostAsync($"{EndpointPaths.Token}?code={code["code"]}", new(code) { ["code"] = null });

        Assert.NotEqual(200, reply.Status);
        Assert.Equal("400 invalid_request", query.Shape);
        Assert.DoesNotContain(world.Brain.Log.Lines, line => line.Contains(ProtocolWorld.Secret, StringComparison.Ordinal) || line.Contains(code["code"]!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task RFC_9700_4_4_mix_up_every_answer_to_a_client_names_the_issuer()
    {
        foreach (var (name, value) in new[] { ("response_type", "token"), ("scope", "nothing"), ("resource", "https://other.example"), ("code_challenge", "x") })
        {
            var reply = await world.AuthorizeAsync(new(ProtocolWorld.AuthorizeForm()) { [name] = value });

            Assert.Equal((302, world.Issuer), (reply.Status, reply.Redirected("iss")));
        }
    }

    [Fact]
    public async Task RFC_9700_4_5_a_stolen_code_is_worth_nothing_to_another_client()
    {
        var form = await world.CodeForm();

        Assert.Equal("400 invalid_grant", (await world.PostAsync(EndpointPaths.Token, new(form) { ["client_id"] = "another-editor" })).Shape);
        Assert.Equal("200 -", (await world.PostAsync(EndpointPaths.Token, form)).Shape);
    }

    [Fact]
    public async Task RFC_9700_4_5_an_injected_code_fails_at_the_victims_verifier()
    {
        var form = await world.CodeForm();

        Assert.Equal("400 invalid_grant", (await world.PostAsync(EndpointPaths.Token, new(form) { ["code_verifier"] = "another-verifier-of-the-victim-0123456789abc" })).Shape);
        Assert.Equal("400 invalid_grant", (await world.PostAsync(EndpointPaths.Token, new(form) { ["redirect_uri"] = "http://127.0.0.1:9/callback" })).Shape);
        Assert.Equal("200 -", (await world.PostAsync(EndpointPaths.Token, form)).Shape);
    }

    [Fact]
    public async Task RFC_9700_4_8_2_pkce_cannot_be_left_away_or_made_plain()
    {
        var form = await world.CodeForm();
        Assert.Equal("400 invalid_grant", (await world.PostAsync(EndpointPaths.Token, new(form) { ["code_verifier"] = null })).Shape);
        Assert.Equal("400 invalid_grant", (await world.PostAsync(EndpointPaths.Token, new(form) { ["code_verifier"] = ProtocolWorld.Challenge })).Shape);

        Assert.Equal("invalid_request", (await world.AuthorizeAsync(new(ProtocolWorld.AuthorizeForm()) { ["code_challenge"] = null })).Redirected("error"));
        Assert.Equal("invalid_request", (await world.AuthorizeAsync(new(ProtocolWorld.AuthorizeForm()) { ["code_challenge_method"] = "plain" })).Redirected("error"));
    }

    [Fact]
    public async Task RFC_9700_4_9_a_token_for_one_brain_opens_no_other()
    {
        var token = await world.PostAsync(EndpointPaths.Token, await world.CodeForm(resource: world.Finance));

        Assert.Equal((200, 401), (await CallAsync(world.Finance, token.Field("access_token")), await CallAsync(world.Default, token.Field("access_token"))));
    }

    [Fact]
    public async Task RFC_8707_a_code_or_refresh_token_is_for_the_brain_that_was_agreed_to()
    {
        var form = await world.CodeForm(resource: world.Finance);
        Assert.Equal("400 invalid_target", (await world.PostAsync(EndpointPaths.Token, new(form) { ["resource"] = world.Default })).Shape);
        Assert.Equal("400 invalid_target", (await world.PostAsync(EndpointPaths.Token, new(form) { ["resource"] = "https://evil.example" })).Shape);
        var first = await world.PostAsync(EndpointPaths.Token, new(form) { ["resource"] = world.Finance });
        var refresh = new Dictionary<string, string?> { ["grant_type"] = "refresh_token", ["client_id"] = ProtocolWorld.Editor, ["refresh_token"] = first.Field("refresh_token") };

        Assert.Equal("400 invalid_target", (await world.PostAsync(EndpointPaths.Token, new(refresh) { ["resource"] = world.Default })).Shape);
        var second = await world.PostAsync(EndpointPaths.Token, new(refresh) { ["resource"] = world.Finance });
        Assert.Equal(("200 -", world.Finance), (second.Shape, second.Claim("aud")));
    }

    [Fact]
    public async Task RFC_6749_6_a_refresh_narrows_and_never_widens()
    {
        var first = await world.PostAsync(EndpointPaths.Token, await world.CodeForm());
        var refresh = new Dictionary<string, string?> { ["grant_type"] = "refresh_token", ["client_id"] = ProtocolWorld.Editor, ["refresh_token"] = first.Field("refresh_token") };

        Assert.Equal("400 invalid_scope", (await world.PostAsync(EndpointPaths.Token, new(refresh) { ["scope"] = "agent-brain:read agent-brain:admin" })).Shape);
        var narrowed = await world.PostAsync(EndpointPaths.Token, new(refresh) { ["scope"] = "offline_access agent-brain:read" });
        Assert.Equal(("agent-brain:read", "agent-brain:read"), (narrowed.Field("scope"), narrowed.Claim("scope")));
    }

    [Theory]
    [InlineData("password", "400 unsupported_grant_type")]
    [InlineData("implicit", "400 unsupported_grant_type")]
    [InlineData("urn:ietf:params:oauth:grant-type:device_code", "400 unsupported_grant_type")]
    [InlineData("urn:ietf:params:oauth:grant-type:token-exchange", "400 unsupported_grant_type")]
    [InlineData("urn:ietf:params:oauth:grant-type:jwt-bearer", "400 unsupported_grant_type")]
    [InlineData(null, "400 invalid_request")]
    public async Task RFC_9700_2_4_no_other_grant_is_served(string? grant, string expected)
    {
        var reply = await world.PostAsync(EndpointPaths.Token, new() { ["grant_type"] = grant, ["client_id"] = ProtocolWorld.Editor, ["username"] = "owner", ["password"] = OwnerBrowser.Password, ["assertion"] = "x" });

        Assert.Equal(expected, reply.Shape);
        Assert.Contains("no-store", reply.Header("Cache-Control"), StringComparison.Ordinal);
        Assert.Null(reply.Field("error_uri"));
    }

    [Theory]
    [InlineData("grant_type")]
    [InlineData("client_id")]
    [InlineData("code")]
    [InlineData("code_verifier")]
    public async Task RFC_6749_3_2_a_repeated_parameter_is_refused(string name)
    {
        var form = await world.CodeForm();
        using var request = new HttpRequestMessage(HttpMethod.Post, EndpointPaths.Token) { Content = new FormUrlEncodedContent(form.Append(KeyValuePair.Create(name, form[name]))) };

        Assert.Equal("400 invalid_request", (await world.SendAsync(request)).Shape);
        Assert.Equal("200 -", (await world.PostAsync(EndpointPaths.Token, form)).Shape);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task RFC_6749_3_2_a_body_is_a_form(string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, EndpointPaths.Token) { Content = new StringContent("{}") };
        request.Content.Headers.Remove("Content-Type");
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);

        Assert.Equal(400, (await world.SendAsync(request)).Status);
    }

    [Fact]
    public async Task An_access_token_leaves_no_row()
    {
        var before = await world.Store.ReadAsync(static context => context.PushedRequests.CountAsync());
        await world.PostAsync(EndpointPaths.Token, await world.CodeForm());

        Assert.Equal(before, await world.Store.ReadAsync(static context => context.PushedRequests.CountAsync()));
    }

    [Fact]
    public async Task Pushed_requests_of_one_address_have_a_limit_of_their_own()
    {
        await using var brain = await OwnerBrowser.StartServer(static builder => builder.Services.AddSingleton(new RequestLimits { RatePerAddress = 1000 }));
        using var browser = await OwnerBrowser.SetUp(brain);
        var statuses = new List<int>();
        for (var count = 0; count < 40; count++)
        {
            using var response = await brain.Client.PostAsync(EndpointPaths.PushedAuthorization, new FormUrlEncodedContent([]));
            statuses.Add((int)response.StatusCode);
            if (response.StatusCode == System.Net.HttpStatusCode.TooManyRequests)
                Assert.NotNull(response.Headers.RetryAfter);
        }

        Assert.Equal(20, statuses.TakeWhile(static status => status == 400).Count());
        Assert.Contains(429, statuses);
    }

    private async Task<int> CallAsync(string resource, string? token)
    {
        using var request = TokenRequests.Post(resource, Messages.ModernRequest("tools/call", "\"name\":\"query_count\",\"arguments\":{}"), "Bearer " + token, version: Messages.Modern).Modern("tools/call", "query_count");
        return (await world.SendAsync(request)).Status;
    }

    [Fact]
    public async Task An_error_of_an_unverified_https_client_is_a_page()
    {
        const string away = "https://evil.example/cb";
        await world.AddClientAsync("unverified", configure: static client => (client.Kind, client.RedirectUris) = (ClientKind.Dynamic, JsonSerializer.Serialize<string[]>([away])));
        var request = new Dictionary<string, string?>(ProtocolWorld.AuthorizeForm("unverified")) { ["redirect_uri"] = away, ["scope"] = "nothing" };

        var page = await world.AuthorizeAsync(request);
        await world.Store.WriteAsync(context => context.Clients.Where(static client => client.ClientId == "unverified").ExecuteUpdateAsync(set => set.SetProperty(static client => client.ConsentedAt, world.Time.GetUtcNow())));
        var told = await world.AuthorizeAsync(request);

        Assert.Equal((400, ""), (page.Status, page.Header("Location")));
        Assert.Equal("invalid_scope", told.Redirected("error"));
    }

    [Fact]
    public async Task After_rotate_now_the_new_secret_gets_a_token_that_works()
    {
        await world.AddClientAsync("rotated", ProtocolWorld.Secret, static client =>
            (client.AuthenticationMethod, client.OwnBrains, client.OwnScopes) = (OpenIddict.Abstractions.OpenIddictConstants.ClientAuthenticationMethods.ClientSecretBasic, "default", AgentBrain.OAuth.Scopes.ScopeSet.Read));
        var leaked = await world.OwnTokenAsync(client: "rotated");
        Assert.Equal(200, await InitializeAsync(leaked));

        var secret = await world.Brain.Services.GetRequiredService<ClientRegistration>().RotateSecretAsync("rotated", keepLast: false, TestContext.Current.CancellationToken);
        var fresh = await world.OwnTokenAsync(client: "rotated", secret: secret);

        Assert.Equal(401, await InitializeAsync(leaked));
        Assert.Equal(200, await InitializeAsync(fresh));
        Assert.NotNull(await world.Store.ReadAsync(static context => context.Clients.Where(static client => client.ClientId == "rotated").Select(static client => client.LastUsedAt).SingleAsync()));
    }

    private async Task<int> InitializeAsync(ProtocolReply token)
    {
        using var request = world.Brain.Post(Messages.Initialize);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token.Field("access_token"));
        using var response = await world.Brain.Client.SendAsync(request);
        return (int)response.StatusCode;
    }
}

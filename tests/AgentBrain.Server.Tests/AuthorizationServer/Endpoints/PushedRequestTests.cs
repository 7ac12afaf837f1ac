using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.Endpoints.Requests;
using AgentBrain.Server.AuthorizationServer.Grants;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Tests.Authorization.OAuth;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.AuthorizationServer.Endpoints;

/// <summary>Pushed authorization requests (RFC 9126), and what binds them to a key (RFC 9449 §10.1).</summary>
public sealed class PushedRequestTests(ProtocolWorld world) : IClassFixture<ProtocolWorld>
{
    [Fact]
    public async Task A_pushed_request_lives_for_a_minute_and_is_opened_by_its_client()
    {
        var pushed = await world.PostAsync(EndpointPaths.PushedAuthorization, ProtocolWorld.AuthorizeForm());

        Assert.Equal(201, pushed.Status);
        Assert.InRange(int.Parse(pushed.Field("expires_in")!, System.Globalization.CultureInfo.InvariantCulture), 55, 60);
        Assert.StartsWith("urn:ietf:params:oauth:request_uri:", pushed.Field("request_uri"), StringComparison.Ordinal);
        Assert.Contains("no-store", pushed.Header("Cache-Control"), StringComparison.Ordinal);
        Assert.Equal(200, (await OpenAsync(pushed)).Status);
        Assert.Equal(400, (await OpenAsync(pushed, "another-editor")).Status);
        Assert.Equal(400, (await OpenAsync(pushed, client: null)).Status);
    }

    [Fact]
    public async Task After_a_minute_it_is_over()
    {
        var pushed = await world.PostAsync(EndpointPaths.PushedAuthorization, ProtocolWorld.AuthorizeForm());
        world.Time.Advance(TimeSpan.FromSeconds(61));
        try
        {
            var reply = await OpenAsync(pushed);

            Assert.Equal((400, ""), (reply.Status, reply.Header("Location")));
        }
        finally
        {
            world.Time.Advance(TimeSpan.FromSeconds(-61));
        }
    }

    [Fact]
    public async Task Parameters_beside_a_pushed_request_change_nothing()
    {
        var pushed = await world.PostAsync(EndpointPaths.PushedAuthorization, ProtocolWorld.AuthorizeForm());
        var reply = await world.AuthorizeAsync(new()
        {
            ["client_id"] = ProtocolWorld.Editor, ["request_uri"] = pushed.Field("request_uri"), ["redirect_uri"] = "https://evil.example/", ["scope"] = "agent-brain:admin", ["state"] = "other", ["resource"] = world.Finance,
        });

        Assert.Equal(200, reply.Status);
        var kept = await world.Store.ReadAsync(static context => context.Interactions.OrderByDescending(interaction => interaction.ExpiresAt).FirstAsync());
        Assert.Equal((ProtocolWorld.Redirect, world.Default, AgentBrain.OAuth.Scopes.ScopeSet.Read), (kept.RedirectUri, kept.Resource, kept.RequestedScopes));
    }

    [Theory]
    [InlineData("request_uri", "urn:ietf:params:oauth:request_uri:x", "400 invalid_request")]
    [InlineData("request", "x", "400 request_not_supported")]
    [InlineData("response_type", "token", "400 unsupported_response_type")]
    [InlineData("response_mode", "fragment", "400 invalid_request")]
    [InlineData("code_challenge", null, "400 invalid_request")]
    [InlineData("code_challenge_method", "plain", "400 invalid_request")]
    [InlineData("code_challenge_method", null, "400 invalid_request")]
    [InlineData("redirect_uri", "https://evil.example/", "400 invalid_request")]
    [InlineData("resource", "https://evil.example/", "400 invalid_target")]
    [InlineData("scope", "nothing", "400 invalid_scope")]
    [InlineData("client_id", "nobody", "401 invalid_client")]
    [InlineData("client_id", null, "400 invalid_request")]
    [InlineData("client_id", ProtocolWorld.Service, "401 invalid_client")]
    [InlineData("client_secret", "guess", "401 invalid_client")]
    [InlineData("dpop_jkt", "junk", "400 invalid_request")]
    public async Task A_bad_request_is_refused_when_it_is_pushed(string name, string? value, string expected)
    {
        var form = ProtocolWorld.AuthorizeForm();
        form[name] = value;
        var reply = await world.PostAsync(EndpointPaths.PushedAuthorization, form);

        Assert.Equal(expected, reply.Shape);
        Assert.Null(reply.Field("error_uri"));
        Assert.Contains("no-store", reply.Header("Cache-Control"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_confidential_client_authenticates_when_it_pushes()
    {
        var reply = await world.PostAsync(EndpointPaths.PushedAuthorization, ProtocolWorld.AuthorizeForm(ProtocolWorld.Service), static request => ProtocolWorld.Basic(request, ProtocolWorld.Service, ProtocolWorld.Secret));

        Assert.Equal(201, reply.Status);
    }

    [Fact]
    public async Task RFC_9449_10_1_a_proof_binds_the_code_as_dpop_jkt_would()
    {
        using var client = new TestClient();
        var proof = world.Proof(client, EndpointPaths.PushedAuthorization);
        var pushed = await PushAsync(ProtocolWorld.AuthorizeForm(), proof);

        Assert.Equal(201, pushed.Status);
        Assert.Equal(200, (await OpenAsync(pushed)).Status);
        Assert.Equal(client.Key.Thumbprint, await world.Store.ReadAsync(context => context.Interactions.Where(interaction => interaction.KeyThumbprint == client.Key.Thumbprint).Select(interaction => interaction.KeyThumbprint).SingleAsync()));
        Assert.Equal("400 invalid_dpop_proof", (await PushAsync(ProtocolWorld.AuthorizeForm(), proof)).Shape);
    }

    [Fact]
    public async Task RFC_9449_10_1_a_proof_and_dpop_jkt_must_agree()
    {
        using var client = new TestClient();
        var form = ProtocolWorld.AuthorizeForm();
        form["dpop_jkt"] = client.Key.Thumbprint;
        Assert.Equal(201, (await PushAsync(form, world.Proof(client, EndpointPaths.PushedAuthorization))).Status);

        form["dpop_jkt"] = ProtocolWorld.Challenge;
        Assert.Equal("400 invalid_dpop_proof", (await PushAsync(form, world.Proof(client, EndpointPaths.PushedAuthorization))).Shape);
    }

    [Fact]
    public async Task A_request_that_fails_does_not_use_its_proof_up()
    {
        using var client = new TestClient();
        var proof = world.Proof(client, EndpointPaths.PushedAuthorization);
        var form = ProtocolWorld.AuthorizeForm();
        form["redirect_uri"] = "https://evil.example/";
        Assert.Equal("400 invalid_request", (await PushAsync(form, proof)).Shape);

        Assert.Equal(201, (await PushAsync(ProtocolWorld.AuthorizeForm(), proof)).Status);
    }

    [Fact]
    public async Task A_proof_for_the_token_endpoint_is_none_here()
    {
        using var client = new TestClient();

        Assert.Equal("400 invalid_dpop_proof", (await PushAsync(ProtocolWorld.AuthorizeForm(), world.Proof(client))).Shape);
    }

    [Fact]
    public async Task Pushed_requests_are_bounded_in_size_and_number_and_pruned_after_their_minute()
    {
        Assert.Equal(413, (await world.PostAsync(EndpointPaths.PushedAuthorization, new(ProtocolWorld.AuthorizeForm()) { ["filler"] = new string('x', ProtocolGate.MaxBodyBytes) })).Status);
        Assert.Equal("400 invalid_request", (await world.PostAsync(EndpointPaths.PushedAuthorization, new(ProtocolWorld.AuthorizeForm()) { ["state"] = new string('s', 2_049) })).Shape);

        await world.AddClientAsync("flooding");
        await world.Store.WriteAsync(context =>
        {
            var client = context.Clients.Single(row => row.ClientId == "flooding");
            context.PushedRequests.AddRange(Enumerable.Range(0, LimitPushedRequests.OfClient).Select(_ => new TokenRecord { Id = Guid.NewGuid().ToString("N"), Application = client, ExpirationDate = world.Time.GetUtcNow().AddMinutes(1).UtcDateTime }));
            return Task.CompletedTask;
        });
        Assert.Equal(429, (await world.PostAsync(EndpointPaths.PushedAuthorization, ProtocolWorld.AuthorizeForm("flooding"))).Status);
        Assert.Equal(201, (await world.PostAsync(EndpointPaths.PushedAuthorization, ProtocolWorld.AuthorizeForm())).Status);

        world.Time.Advance(TimeSpan.FromMinutes(17));
        try
        {
            await world.Brain.Services.GetRequiredService<GrantSweeper>().PruneAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, await world.Store.ReadAsync(static context => context.PushedRequests.CountAsync()));
        }
        finally
        {
            world.Time.Advance(TimeSpan.FromMinutes(-17));
        }
    }

    private Task<ProtocolReply> PushAsync(Dictionary<string, string?> form, string proof) =>
        world.PostAsync(EndpointPaths.PushedAuthorization, form, request => request.Headers.TryAddWithoutValidation("DPoP", proof));

    private Task<ProtocolReply> OpenAsync(ProtocolReply pushed, string? client = ProtocolWorld.Editor) =>
        world.AuthorizeAsync(new() { ["client_id"] = client, ["request_uri"] = pushed.Field("request_uri") });
}

using System.Security.Cryptography;
using AgentBrain.OAuth.Tests.Clients;
using AgentBrain.Server.AuthorizationServer.Clients;
using AgentBrain.Server.AuthorizationServer.Commands;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;

namespace AgentBrain.Server.Tests.AuthorizationServer.Clients;

/// <summary>Clients that the owner adds on the machine (SR-46).</summary>
public sealed class AddedClientTests : ClientScene
{
    private static readonly NewClient ForItself = new() { Name = "CI", OwnBrains = ["default"], AuthenticationMethod = "client_secret_basic" };

    [Fact]
    public async Task A_client_of_the_owners_answers_at_its_redirect_uris()
    {
        var (client, secret) = await Registration.AddAsync(new NewClient { Name = "Editor", RedirectUris = ["http://127.0.0.1/cb", "https://client.example/cb"], RequiresDpop = true }, Soon);

        Assert.Null(secret);
        Assert.Equal((ClientKind.Registered, "public", "native", true, ScopeSet.None), (client.Kind, client.ClientType, client.ApplicationType, client.RequiresDpop, client.OwnScopes));
        Assert.True(await HasAsync(client, "gt:authorization_code"));
        Assert.False(await HasAsync(client, "gt:client_credentials"));
        Assert.False(await HasAsync(client, "ept:introspection"));
        Assert.Equal(["client.registered"], await ActivitiesAsync());
    }

    [Fact]
    public async Task A_client_for_itself_reads_one_brain_and_has_no_browser()
    {
        var (client, secret) = await Registration.AddAsync(ForItself, Soon);

        Assert.Equal(43, secret!.Length);
        Assert.Equal(("default", ScopeSet.Read, "confidential", "web"), (client.OwnBrains, client.OwnScopes, client.ClientType, client.ApplicationType));
        Assert.True(await HasAsync(client, "gt:client_credentials"));
        Assert.False(await HasAsync(client, "gt:authorization_code"));
        Assert.False(await HasAsync(client, "gt:refresh_token"));
        Assert.False(await HasAsync(client, "ept:authorization"));
        Assert.DoesNotContain(secret, client.ClientSecret + client.Metadata, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Admin_of_its_own_right_must_be_said_twice()
    {
        await RefusedAsync(ForItself with { OwnScopes = ScopeSet.Read | ScopeSet.Admin }, "--allow-admin");

        var added = await Registration.AddAsync(ForItself with { OwnScopes = ScopeSet.Read | ScopeSet.Admin, AllowAdmin = true }, Soon);
        Assert.Equal(ScopeSet.Read | ScopeSet.Admin, added.Client.OwnScopes);
    }

    [Fact]
    public async Task What_cannot_be_is_said()
    {
        await RefusedAsync(new NewClient { Name = "", RedirectUris = ["http://127.0.0.1/cb"] }, "needs a name");
        await RefusedAsync(new NewClient { Name = new string('x', 201), RedirectUris = ["http://127.0.0.1/cb"] }, "needs a name");
        await RefusedAsync(new NewClient { Name = "x" }, "needs a redirect URI, or a brain");
        await RefusedAsync(new NewClient { Name = "x", RedirectUris = ["http://client.example/cb"] }, "http://client.example/cb is http off");
        await RefusedAsync(new NewClient { Name = "x", RedirectUris = [.. Enumerable.Range(0, 11).Select(i => $"http://127.0.0.1/{i}")] }, "at most 10");
        await RefusedAsync(new NewClient { Name = "x", RedirectUris = ["http://127.0.0.1/cb"], OwnScopes = ScopeSet.Read }, "Scopes of its own");
        await RefusedAsync(ForItself with { AuthenticationMethod = "none" }, "must authenticate");
        await RefusedAsync(ForItself with { AuthenticationMethod = "tls_client_auth" }, "is none of");
        await RefusedAsync(ForItself with { OwnBrains = ["default", "nowhere"] }, "There is no brain nowhere; there are default.");
        await RefusedAsync(ForItself with { AuthenticationMethod = "private_key_jwt" }, "keys or their address");
        await RefusedAsync(ForItself with { AuthenticationMethod = "private_key_jwt", Jwks = "{}", JwksUri = "https://client.example/k" }, "and not both");
        await RefusedAsync(ForItself with { AuthenticationMethod = "private_key_jwt", Jwks = "{}" }, "The JSON Web Key Set is no JWK set");
        await RefusedAsync(ForItself with { AuthenticationMethod = "private_key_jwt", Jwks = "nothing" }, "is not one JSON object");
        await RefusedAsync(ForItself with { AuthenticationMethod = "private_key_jwt", JwksUri = "https://10.0.0.1/k" }, "jwks_uri does not name a public host");
        await RefusedAsync(ForItself with { Jwks = "{}" }, "Keys are for");
        Assert.Empty(await ClientsAsync());
    }

    [Fact]
    public async Task Keys_are_given_or_fetched()
    {
        Documents.Response = DocumentHost.Ok(Keys());

        var given = await Registration.AddAsync(ForItself with { AuthenticationMethod = "private_key_jwt", Jwks = Keys() }, Soon);
        var fetched = await Registration.AddAsync(ForItself with { AuthenticationMethod = "private_key_jwt", JwksUri = $"https://localhost:{Documents.Port}/keys" }, Soon);

        Assert.All(new[] { given, fetched }, added => Assert.Equal((true, null, null), (added.Client.JsonWebKeySet!.Contains("\"kid\":\"one\"", StringComparison.Ordinal), added.Secret, added.Client.ClientSecret)));
    }

    [Fact]
    public async Task Two_secrets_are_valid_for_a_rotation_and_the_third_ends_the_first()
    {
        var (client, first) = await Registration.AddAsync(ForItself, Soon);
        var second = await Registration.RotateSecretAsync(client.ClientId!, keepLast: true, Soon);
        Assert.Equal((true, true), (await ValidAsync(client, first!), await ValidAsync(client, second)));

        var third = await Registration.RotateSecretAsync(client.ClientId!, keepLast: true, Soon);
        Assert.Equal((false, true, true), (await ValidAsync(client, first!), await ValidAsync(client, second), await ValidAsync(client, third)));
        Assert.False(await ValidAsync(client, "another"));

        var only = await Registration.RotateSecretAsync(client.ClientId!, keepLast: false, Soon);
        Assert.Equal((false, false, true), (await ValidAsync(client, second), await ValidAsync(client, third), await ValidAsync(client, only)));
    }

    [Fact]
    public async Task Only_a_secret_of_a_client_that_was_added_is_rotated()
    {
        var open = (await Registration.AddAsync(new NewClient { Name = "x", RedirectUris = ["http://127.0.0.1/cb"] }, Soon)).Client.ClientId!;
        var dynamic = (await RegisterEditorAsync("http://127.0.0.1/cb")).Id;

        Assert.Contains("has no secret", (await Assert.ThrowsAsync<CommandException>(() => Registration.RotateSecretAsync(open, keepLast: true, Soon))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<CommandException>(() => Registration.RotateSecretAsync(dynamic, keepLast: true, Soon));
        await Assert.ThrowsAsync<CommandException>(() => Registration.RotateSecretAsync("nobody", keepLast: true, Soon));
    }

    [Fact]
    public async Task Who_removes_a_client_ends_what_it_was_given()
    {
        var client = (await Registration.AddAsync(new NewClient { Name = "x", RedirectUris = ["http://127.0.0.1/cb"] }, Soon)).Client.ClientId!;
        var grant = await AgreeAsync(client);

        Assert.Equal(1, await Registration.RemoveAsync(client, null, Soon));

        Assert.Null(await Directory.FindAsync(client, Soon));
        Assert.False(await LivesAsync(grant));
        await Assert.ThrowsAsync<CommandException>(() => Registration.RemoveAsync(client, null, Soon));
    }

    private static string Keys()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(false).Q;
        return $$"""{"keys":[{"kty":"EC","crv":"P-256","kid":"one","x":"{{Base64UrlText.Encode(point.X)}}","y":"{{Base64UrlText.Encode(point.Y)}}"}]}""";
    }

    private async Task RefusedAsync(NewClient wanted, string because) =>
        Assert.Contains(because, (await Assert.ThrowsAsync<CommandException>(() => Registration.AddAsync(wanted, Soon))).Message, StringComparison.Ordinal);

    private async Task<bool> HasAsync(ClientRecord client, string permission)
    {
        await using var scope = Brain.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>().HasPermissionAsync(client, permission);
    }

    private async Task<bool> ValidAsync(ClientRecord client, string secret)
    {
        await using var scope = Brain.Services.CreateAsyncScope();
        var manager = scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>();
        return await manager.ValidateClientSecretAsync((await manager.FindByClientIdAsync(client.ClientId!))!, secret);
    }
}

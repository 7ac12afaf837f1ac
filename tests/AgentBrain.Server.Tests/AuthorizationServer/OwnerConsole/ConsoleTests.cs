using System.Net;
using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.OwnerConsole;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Tests.AuthorizationServer.Consent;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.Tests.AuthorizationServer.OwnerConsole;

/// <summary>What the owner sees of clients and grants, and how they end them.</summary>
public sealed class ConsoleTests : ConsentScene
{
    [Fact]
    public async Task The_console_shows_who_has_access_to_what()
    {
        await AddClientAsync("editor", Loopback, name: "My <editor>");
        await GrantAsync("editor");

        var page = await ReadAsync();

        Assert.Contains("<q dir=\"auto\">My &lt;editor&gt;</q>", page.Html, StringComparison.Ordinal);
        Assert.Contains("this computer", page.Text, StringComparison.Ordinal);
        Assert.Contains("Search and read", page.Text, StringComparison.Ordinal);
        Assert.Contains("signs now", page.Text, StringComparison.Ordinal);
        Assert.Contains("Access was allowed", page.Text, StringComparison.Ordinal);
        Assert.Contains("registered itself", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revoking_ends_the_grant_and_is_recorded()
    {
        await AddClientAsync("editor", Loopback);
        var id = await GrantAsync("editor");
        var page = await ReadAsync();

        using var response = await Browser.Post(EndpointPaths.ConsoleRevokeGrant, page.Token, [new("id", id)]);

        Assert.Contains("Access was revoked", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.NotNull(Assert.Single(await GrantsAsync()).RevokedAt);
        Assert.Single(await ActivitiesAsync(ActivityKinds.GrantRevoked));
        using var again = await Browser.Post(EndpointPaths.ConsoleRevokeGrant, page.Token, [new("id", id)]);
        Assert.Contains("ended already", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Removing_a_client_ends_its_grants_consent_and_open_requests()
    {
        await AddClientAsync("editor", Site);
        await AddClientAsync("other", Site);
        await GrantAsync("editor");
        await OpenAsync(Ask("editor", Site));
        await OpenAsync(Ask("other", Site));
        var page = await ReadAsync();
        var row = await Store.ReadAsync(database => database.Clients.Where(client => client.ClientId == "editor").Select(client => client.Id).SingleAsync());

        using var response = await Browser.Post(EndpointPaths.ConsoleRemoveClient, page.Token, [new("id", row!)]);

        Assert.Contains("The client was removed", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("other", (await Store.ReadAsync(database => database.Clients.SingleAsync())).ClientId);
        Assert.All(await GrantsAsync(), grant => Assert.NotNull(grant.RevokedAt));
        Assert.Equal(0, await Store.ReadAsync(database => database.Consents.CountAsync()));
        Assert.Equal("other", (await Store.ReadAsync(database => database.Interactions.SingleAsync(interaction => interaction.AnsweredAt == null))).ClientId);
        Assert.Single(await ActivitiesAsync(ActivityKinds.ClientRemoved));
        using var again = await Browser.Post(EndpointPaths.ConsoleRemoveClient, page.Token, [new("id", row!)]);
        Assert.Contains("removed already", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(EndpointPaths.ConsoleRevokeGrant)]
    [InlineData(EndpointPaths.ConsoleRemoveClient)]
    public async Task A_change_needs_a_proof_of_the_last_five_minutes(string path)
    {
        await AddClientAsync("editor", Loopback);
        var grant = await GrantAsync("editor");
        var page = await ReadAsync();
        Time.Advance(TimeSpan.FromMinutes(4));
        var row = await Store.ReadAsync(database => database.Clients.Select(client => client.Id).SingleAsync());

        using var response = await Browser.Post(path, page.Token, [new("id", path == EndpointPaths.ConsoleRevokeGrant ? grant : row!)]);

        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.StartsWith("/sign-in?again=", response.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Null(Assert.Single(await GrantsAsync()).RevokedAt);
        Assert.Equal(1, await Store.ReadAsync(database => database.Clients.CountAsync()));
    }

    [Theory]
    [InlineData(EndpointPaths.Console)]
    [InlineData(EndpointPaths.ConsoleRevokeGrant)]
    public async Task A_stranger_is_sent_to_sign_in(string path)
    {
        using var stranger = OwnerBrowser.Open(Brain);
        var token = OwnerBrowser.Token(await stranger.Read(EndpointPaths.SignIn));

        using var response = path == EndpointPaths.Console ? await stranger.Get(path) : await stranger.Post(path, token, [new("id", "x")]);

        Assert.Equal("/sign-in?return=%2Fconsole", response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task The_root_leads_to_the_console()
    {
        using var response = await Browser.Get("/");

        Assert.Equal(EndpointPaths.Console, response.Headers.Location!.OriginalString);
    }

    [Fact]
    public void Every_kind_of_activity_has_words()
    {
        var kinds = typeof(ActivityKinds).GetFields().Select(field => (string)field.GetRawConstantValue()!).ToList();

        Assert.NotEmpty(kinds);
        Assert.DoesNotContain(kinds, kind => ActivityWords.Of(kind) == kind);
        Assert.Equal("some.new", ActivityWords.Of("some.new"));
    }

    [Fact]
    public async Task The_last_hundred_activities_are_shown_and_what_a_stranger_wrote_is_text()
    {
        await Store.WriteAsync(database =>
        {
            for (var i = 0; i < 150; i++)
                database.Activities.Add(new ActivityRecord { Time = Time.GetUtcNow(), Kind = ActivityKinds.ClientRegistered, ClientId = "<script>" + i, Detail = "number" + i + "." });
            return Task.CompletedTask;
        });

        var page = await ReadAsync();

        Assert.DoesNotContain("<script", page.Html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("number149.", page.Text, StringComparison.Ordinal);
        Assert.Contains("number50.", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("number49.", page.Text, StringComparison.Ordinal);
    }

    private async Task<ShownPage> ReadAsync()
    {
        using var response = await Browser.Get(EndpointPaths.Console);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await ShownPage.ReadAsync(response);
    }

    /// <summary>Agrees, and uses the grant.</summary>
    private async Task<string> GrantAsync(string client)
    {
        var redirect = (await Store.ReadAsync(database => database.Clients.SingleAsync(row => row.ClientId == client))).RedirectUris!.Trim('[', ']', '"');
        await AllowAsync(Ask(client, redirect), "read");
        await Store.WriteAsync(database => database.Grants.ExecuteUpdateAsync(update => update.SetProperty(grant => grant.LastUsedAt, Time.GetUtcNow())));
        return (await GrantsAsync()).Single(grant => grant.ClientId == client).Id;
    }
}

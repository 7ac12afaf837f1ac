using System.Net;
using AgentBrain.OAuth.Clients;
using AgentBrain.Server.AuthorizationServer.Clients;
using AgentBrain.Server.AuthorizationServer.Clients.Registration;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Tests.Mcp.Subscriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AgentBrain.Server.Tests.AuthorizationServer.Clients;

/// <summary>Registration as a tool for outsiders (SR-31).</summary>
public sealed class RegistrationFloodTests : ClientScene
{
    private RegistrationStore Registrations => Brain.Services.GetRequiredService<RegistrationStore>();

    [Fact]
    public async Task One_address_registers_a_few_clients_and_then_one_every_six_seconds()
    {
        for (var i = 0; i < 10; i++)
            await RegisterEditorAsync("http://127.0.0.1/cb");

        var refused = await RegisterAsync("""{"redirect_uris":["http://127.0.0.1/cb"]}""");
        Assert.Equal((HttpStatusCode.TooManyRequests, "temporarily_unavailable", "6"), (refused.Status, refused.Error, refused.Headers["Retry-After"]));

        Time.Advance(TimeSpan.FromSeconds(6));
        await RegisterEditorAsync("http://127.0.0.1/cb");
        Assert.Equal(HttpStatusCode.TooManyRequests, (await RegisterAsync("""{"redirect_uris":["http://127.0.0.1/cb"]}""")).Status);
    }

    [Fact]
    public async Task Changes_count_as_registrations()
    {
        var answer = await RegisterEditorAsync("http://127.0.0.1/cb");
        for (var i = 0; i < 9; i++)
            answer = await SendAsync(HttpMethod.Put, answer.Address, $$"""{"client_id":"{{answer.Id}}","redirect_uris":["http://127.0.0.1/cb"]}""", answer.Token);

        Assert.Equal(HttpStatusCode.TooManyRequests, (await SendAsync(HttpMethod.Put, answer.Address, $$"""{"client_id":"{{answer.Id}}","redirect_uris":["http://127.0.0.1/cb"]}""", answer.Token)).Status);
    }

    /// <summary>10,000 registrations from as many addresses within a quarter of an hour: most are refused, the store stays small, and clients in use stay.</summary>
    [Fact]
    public async Task A_flood_of_registrations_fills_nothing_and_pushes_no_client_out_that_the_owner_agreed_to()
    {
        var consented = (await RegisterEditorAsync("http://127.0.0.1/cb")).Id;
        await AgreeAsync(consented);
        var added = await Registration.AddAsync(new NewClient { Name = "Added", RedirectUris = ["http://127.0.0.1/cb"] }, Soon);
        var limits = Brain.Services.GetRequiredService<RegistrationLimits>();
        var metadata = Metadata();
        var accepted = 0;
        for (var i = 0; i < 10_000; i++)
        {
            Time.Advance(TimeSpan.FromMilliseconds(120));
            var context = new DefaultHttpContext();
            context.Connection.RemoteIpAddress = new IPAddress([198, 51, (byte)(i >> 8), (byte)i]);
            if (!limits.TryTake(context, out _))
                continue;

            accepted++;
            await Registrations.AddAsync(metadata, "x");
        }

        Assert.InRange(accepted, 1_100, 1_300);
        var clients = await ClientsAsync();
        Assert.Equal(ClientCapacity.Max, clients.Count(client => client.Kind == ClientKind.Dynamic && client.ConsentedAt is null));
        Assert.Contains(clients, client => client.ClientId == consented);
        Assert.Contains(clients, client => client.ClientId == added.Client.ClientId);
        Assert.InRange((await ActivitiesAsync()).Count, 20, 60);
    }

    [Fact]
    public async Task At_the_cap_the_oldest_that_nobody_agreed_to_goes_with_all_that_hangs_on_it()
    {
        await Store.WriteAsync(context =>
        {
            context.Clients.AddRange(Enumerable.Range(0, ClientCapacity.Max).Select(i => ClientRecord.Create($"c-{i}", i % 2 == 0 ? ClientKind.Dynamic : ClientKind.Document, Time.GetUtcNow().AddSeconds(i - 2_000))));
            return Task.CompletedTask;
        }, Soon);
        await Store.WriteAsync(async context =>
        {
            context.PushedRequests.Add(new TokenRecord { Id = "pushed", Application = await context.Clients.SingleAsync(client => client.ClientId == "c-0") });
            context.Interactions.Add(new InteractionRecord { IdDigest = "x", SessionId = "x", ClientId = "c-0", MetadataDigest = "x", RedirectUri = "x", Resource = "x", CodeChallenge = "x" });
        }, Soon);

        await RegisterEditorAsync("http://127.0.0.1/cb");
        await RegisterEditorAsync("http://127.0.0.1/cb");

        var left = (await ClientsAsync()).Select(client => client.ClientId).ToList();
        Assert.Equal(ClientCapacity.Max, left.Count);
        Assert.DoesNotContain("c-0", left);
        Assert.DoesNotContain("c-1", left);
        Assert.Contains("c-2", left);
        Assert.Equal(0, await Store.ReadAsync(async context => await context.PushedRequests.CountAsync() + await context.Interactions.CountAsync(), Soon));
    }

    [Fact]
    public async Task A_client_that_nobody_agreed_to_within_a_day_is_forgotten()
    {
        var consented = (await RegisterEditorAsync("http://127.0.0.1/cb")).Id;
        await AgreeAsync(consented);
        var old = (await RegisterEditorAsync("http://127.0.0.1/cb")).Id;
        var added = await Registration.AddAsync(new NewClient { Name = "Added", RedirectUris = ["http://127.0.0.1/cb"] }, Soon);
        var young = (await RegisterEditorAsync("http://127.0.0.1/cb")).Id;
        foreach (var id in new[] { consented, old, added.Client.ClientId! })
            await AgeAsync(id, ClientCapacity.Life);

        await AgeAsync(young, ClientCapacity.Life - (2 * ClientUpkeep.Interval));
        Assert.Equal(4, (await ClientsAsync()).Count);

        Time.Advance(ClientUpkeep.Interval);
        await Eventually.IsTrueAsync(() => ClientsAsync().GetAwaiter().GetResult().Count < 4, "pruning");

        Assert.Equal(new[] { consented, added.Client.ClientId, young }.Order(), (await ClientsAsync()).Select(client => client.ClientId).Order());
    }

    [Fact]
    public void Pruning_runs_by_itself() => Assert.Contains(Brain.Services.GetServices<IHostedService>(), service => service is ClientUpkeep);

    private static ClientMetadata Metadata() => ClientMetadataReader.ReadRegistration(System.Text.Json.JsonElement.Parse("""{"redirect_uris":["http://127.0.0.1/cb"]}"""), out _)!;
}

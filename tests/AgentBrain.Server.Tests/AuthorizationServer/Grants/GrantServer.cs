using System.Text.Json;
using AgentBrain.Server.AuthorizationServer.Clients;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.Owner;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using OpenIddict.Abstractions;

namespace AgentBrain.Server.Tests.AuthorizationServer.Grants;

/// <summary>A server with its authorization server, on a clock of the test's, with two public clients and a confidential one.</summary>
public class GrantServer : IAsyncLifetime
{
    public const string Client = "editor";
    public const string OtherClient = "another-editor";
    public const string Confidential = "service";
    public const string Secret = "a-secret-of-the-service-0123456789abcdef";
    public const string Redirect = "http://127.0.0.1:7777/callback";
    public const string KeyHeader = "test-key";

    internal FakeTimeProvider Time { get; } = new(TimeProvider.System.GetUtcNow());

    internal TestBrain Brain { get; private set; } = null!;

    internal string Resource => $"http://127.0.0.1:{Brain.Port}/mcp";

    private protected virtual TimeProvider Clock => Time;

    public async ValueTask InitializeAsync()
    {
        Brain = await TestBrain.OnFreePort(port => TestBrain.Start("oauth", Configure, null, $"--urls=http://127.0.0.1:{port}", $"--AGENT_BRAIN_PUBLIC_URL=http://127.0.0.1:{port}", "--AGENT_BRAIN_RATE_PER_ADDRESS=0"));
        Brain.Services.GetRequiredService<OwnerPresence>().Appear();
        await AddClientAsync(Client, null);
        await AddClientAsync(OtherClient, null);
        await AddClientAsync(Confidential, Secret);
    }

    public async ValueTask DisposeAsync()
    {
        await Brain.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected virtual void Configure(WebApplicationBuilder builder)
    {
        builder.Services.Replace(ServiceDescriptor.Singleton(Clock));
        builder.Services.AddSingleton<IStartupFilter, ProofFilter>();
    }

    private async Task AddClientAsync(string id, string? secret)
    {
        await using var scope = Brain.Services.CreateAsyncScope();
        var clients = scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>();
        await clients.CreateAsync(new ClientRecord
        {
            ClientId = id,
            ClientIdDigest = ClientIds.Digest(id),
            MetadataDigest = "digest",
            ClientType = secret is null ? OpenIddictConstants.ClientTypes.Public : OpenIddictConstants.ClientTypes.Confidential,
            AuthenticationMethod = secret is null ? "none" : "client_secret_post",
            ConsentType = OpenIddictConstants.ConsentTypes.Explicit,
            RedirectUris = JsonSerializer.Serialize<string[]>([Redirect]),
            Permissions = JsonSerializer.Serialize<string[]>(
            [
                OpenIddictConstants.Permissions.Endpoints.Token, OpenIddictConstants.Permissions.GrantTypes.AuthorizationCode, OpenIddictConstants.Permissions.GrantTypes.RefreshToken,
                OpenIddictConstants.Permissions.ResponseTypes.Code, OpenIddictConstants.Permissions.Prefixes.Resource + Resource,
                .. ScopeSetText.Vocabulary.Select(name => OpenIddictConstants.Permissions.Prefixes.Scope + name),
            ]),
        }, secret!);
    }

    /// <summary>Stands for the check of proofs, which has tests of its own: the header names the proved key.</summary>
    private sealed class ProofFilter : IStartupFilter
    {
        private readonly HashSet<string> _used = [];

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, following) =>
            {
                if (context.Request.Headers[KeyHeader].FirstOrDefault()?.Split(' ') is [var key, .. var id])
                    context.Features.Set(new TokenRequestProof(key, _ => ValueTask.FromResult(Remember(id))));
                return following(context);
            });
            next(app);
        };

        private string? Remember(string[] id)
        {
            lock (_used)
                return id is [var one] && !_used.Add(one) ? Reasons.ProofReplayed : null;
        }
    }
}

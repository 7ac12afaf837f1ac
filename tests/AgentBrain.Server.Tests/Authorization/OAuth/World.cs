using System.Collections.Concurrent;
using System.Text.Json;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>
/// What a class of the matrix shares: a server with four brains, three issuers that it trusts in different ways, and one that it does
/// not. Alice may do all everywhere, carol may read and index on the default brain, bob may use finance alone.
/// </summary>
public sealed class World : IAsyncLifetime
{
    internal const string Finance = "finance";
    internal const string Origin = "https://app.example";

    private readonly string folder = Directory.CreateTempSubdirectory("brain-world-").FullName;
    private readonly ConcurrentDictionary<string, string> sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<TestClient> clients = [];

    /// <summary>Older than any proof, so that the store of proofs asks nobody for a nonce.</summary>
    internal ShiftedTime Time { get; } = new(TimeSpan.FromMinutes(-15));

    /// <summary>Signs for all brains.</summary>
    internal TestIssuer Issuer { get; private set; } = null!;

    /// <summary>Is trusted for finance alone.</summary>
    internal TestIssuer Second { get; private set; } = null!;

    /// <summary>Is asked about its tokens.</summary>
    internal TestIssuer Asked { get; private set; } = null!;

    /// <summary>Is not trusted.</summary>
    internal TestIssuer Stranger { get; private set; } = null!;

    internal TestBrain Brain { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Issuer = await TestIssuer.StartAsync();
        Second = await TestIssuer.StartAsync();
        Asked = await TestIssuer.StartAsync();
        Stranger = await TestIssuer.StartAsync();
        var file = WriteFile();
        Brain = await TestBrain.OnFreePort(port => TestBrain.Start("oauth", Configure, null,
        [
            $"--AGENT_BRAIN_PUBLIC_URL=http://127.0.0.1:{port}", $"--urls=http://127.0.0.1:{port}", $"--AGENT_BRAIN_BRAINS_FILE={file}", $"--AGENT_BRAIN_ALLOWED_ORIGINS={Origin}",
        ]));
        Time.Advance(TimeSpan.FromMinutes(15));
        if (!await Warm())
            Assert.Fail("The server did not get its keys.");
    }

    public async ValueTask DisposeAsync()
    {
        await Brain.DisposeAsync();
        foreach (var issuer in new[] { Issuer, Second, Asked, Stranger })
            await issuer.DisposeAsync();
        foreach (var client in clients)
            client.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    internal string ResourceOf(string brain) => Brain.Url + (brain == "default" ? "mcp" : $"brains/{brain}/mcp");

    internal TestClient NewClient(SigningKey? key = null)
    {
        var client = key is null ? new TestClient() : new TestClient { Key = key };
        clients.Add(client);
        return client;
    }

    /// <summary>A session of alice's on a brain, without a key; <c>null</c> for the generation that has none.</summary>
    internal async Task<string?> SessionOf(string brain, string version)
    {
        if (version == Messages.Modern)
            return null;

        if (sessions.TryGetValue(brain + version, out var known))
            return known;

        return sessions[brain + version] = await new Attempt(this) { Brain = brain, Scheme = brain == "strict" ? "DPoP" : "Bearer" }.OpenSession(version);
    }

    private async Task<bool> Warm()
    {
        using var answer = await Brain.Client.GetAsync("/health");
        return answer.IsSuccessStatusCode;
    }

    private string WriteFile()
    {
        var secret = Path.Combine(folder, "secret");
        File.WriteAllText(secret, "how-the-server-asks\n");
        foreach (var root in new[] { "one", "two", "three", "four" })
            Directory.CreateDirectory(Path.Combine(folder, root));
        object Rule(TestIssuer issuer, string subject, params string[] scopes) => new { issuer = issuer.Url, subject, scopes };
        var file = Path.Combine(folder, "brains.json");
        File.WriteAllText(file, JsonSerializer.Serialize(new
        {
            issuers = new object[]
            {
                new { issuer = Issuer.Url },
                new { issuer = Second.Url, brains = new[] { Finance } },
                new { issuer = Asked.Url, brains = new[] { "default", Finance }, introspection = new { url = Asked.Url + "/introspect", clientId = "brain", clientSecretFile = secret } },
            },
            brains = new Dictionary<string, object>
            {
                ["default"] = new
                {
                    roots = new[] { "one" },
                    access = new[] { Rule(Issuer, "alice", "all"), Rule(Issuer, "carol", "read", "index"), Rule(Second, "alice", "all"), Rule(Asked, "alice", "all"), new { issuer = Issuer.Url, client = "robot", scopes = new[] { "read" } } },
                },
                [Finance] = new { roots = new[] { "two" }, access = new[] { Rule(Issuer, "alice", "all"), Rule(Issuer, "bob", "all"), Rule(Second, "alice", "all"), Rule(Asked, "alice", "all") } },
                ["strict"] = new { roots = new[] { "three" }, dpop = "required", access = new[] { Rule(Issuer, "alice", "all") } },
                ["plain"] = new { roots = new[] { "four" }, dpop = "off", access = new[] { Rule(Issuer, "alice", "all") } },
            },
        }));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return file;
    }

    private void Configure(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton(new RequestLimits { RatePerAddress = 0, RatePerPrincipal = 0, SessionsPerPrincipal = 2_000 });
        foreach (var (name, scope) in ScopeTable.Tools.Where(tool => tool.Key is not ("query_count" or "index_folder" or "remove_folder" or "whoami")))
        {
            builder.Services.AddSingleton(provider => McpServerTool.Create(
                () => Brain.Log.Ran(name),
                new McpServerToolCreateOptions { Name = name, ReadOnly = scope == ScopeSet.Read, Destructive = scope == ScopeSet.Admin, Idempotent = true, OpenWorld = false }));
        }

        builder.Services.AddMcpServer()
            .WithListPromptsHandler((_, _) => ValueTask.FromResult(new ListPromptsResult()))
            .WithGetPromptHandler((_, _) => ValueTask.FromResult(new GetPromptResult()))
            .WithListResourceTemplatesHandler((_, _) => ValueTask.FromResult(new ListResourceTemplatesResult()))
            .WithCompleteHandler((_, _) => ValueTask.FromResult(new CompleteResult()));
    }
}

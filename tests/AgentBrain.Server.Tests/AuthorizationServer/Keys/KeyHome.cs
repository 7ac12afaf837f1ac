using System.Security.Cryptography;
using AgentBrain.Server.AuthorizationServer;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Hosting;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentBrain.Server.Tests.AuthorizationServer.Keys;

/// <summary>A data directory that outlives the servers that run on it one after the other, and key-encryption keys beside it.</summary>
internal sealed class KeyHome : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("brain-keys-").FullName;

    public string Data => Path.Combine(folder, "data");

    public string Database => Path.Combine(Data, AuthorizationServerServices.DatabaseFile);

    /// <summary>What the servers logged, of all of them.</summary>
    public ToolLog Log { get; } = new();

    /// <summary>Writes a file that is its owner's alone.</summary>
    public string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    /// <summary>A file with a new key-encryption key.</summary>
    public string NewKek(string name = "kek") => Write(name, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) + "\n");

    /// <summary>Builds a server up to the moment before its port opens.</summary>
    public WebApplication Build(string? kek = null, TimeProvider? time = null, Action<WebApplicationBuilder>? configure = null, int port = 4999, params string[] more)
    {
        string[] sealing = kek is null ? [] : [$"--AGENT_BRAIN_KEK_FILE={kek}"];
        return AgentBrainHost.Create(
            TestBrain.Arguments("oauth", folder, [$"--urls=http://127.0.0.1:{port}", "--AGENT_BRAIN_RATE_PER_ADDRESS=0", .. sealing, .. more]),
            mcp => TestBrain.RegisterFakes(mcp, Log),
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Logging.AddProvider(Log);
                if (time is not null)
                    builder.Services.AddSingleton(time);
                configure?.Invoke(builder);
            });
    }

    /// <summary>Builds one, looks at it, and takes it away.</summary>
    public async Task<T> With<T>(Func<IServiceProvider, T> look, string? kek = null, params string[] more)
    {
        await using var app = Build(kek, more: more);
        return look(app.Services);
    }

    /// <summary>Starts one that has an owner, on a free port.</summary>
    public async Task<WebApplication> Serve(Action<WebApplicationBuilder>? configure = null)
    {
        for (var left = 4; ; left--)
        {
            var port = TestBrain.FreePort();
            await using (var first = Build(port: port, more: $"--AGENT_BRAIN_ACCEPT_NEW_ISSUER=http://127.0.0.1:{port}"))
            {
                await first.Services.Store().WriteAsync(static async context =>
                {
                    if (await context.Users.FindAsync("owner") is null)
                        context.Users.Add(new OwnerAccount { Id = "owner", UserName = "owner", NormalizedUserName = "OWNER" });
                });
            }

            var app = Build(port: port, configure: configure);
            try
            {
                await app.StartAsync();
                return app;
            }
            catch (IOException) when (left > 0)
            {
                // Taken meanwhile.
                await app.DisposeAsync();
            }
        }
    }

    /// <summary>What stops the start; the data directory is free again after it.</summary>
    public ConfigurationException Refusal(string? kek = null, params string[] more) => Assert.Throws<ConfigurationException>(() => Build(kek, more: more));

    /// <summary>Everything that is in the database file and beside it.</summary>
    public byte[] Bytes()
    {
        SqliteConnection.ClearAllPools();
        return Files();
    }

    /// <summary>The same, while a server runs.</summary>
    public byte[] Files() => [.. Directory.EnumerateFiles(Data, AuthorizationServerServices.DatabaseFile + "*").SelectMany(File.ReadAllBytes)];

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>Shorthand for the database.</summary>
internal static class StoreAccess
{
    public static AuthorityStore Store(this IServiceProvider services) => services.GetRequiredService<AuthorityStore>();
}

using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using AgentBrain.IntegrationTests.Infrastructure;

namespace AgentBrain.IntegrationTests.OAuth;

/// <summary>The authorization server <c>oidc-provider</c> of npm, in a process of its own.</summary>
internal sealed class AuthorizationServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly ChildProcess child;

    private AuthorizationServerProcess(ChildProcess child, string secret, Ready ready)
    {
        this.child = child;
        (Issuer, IntrospectionUrl, ClientId, ClientSecret) = (ready.Issuer, ready.Introspection, ready.ClientId, secret);
    }

    /// <summary>Its issuer identifier, to the byte.</summary>
    public string Issuer { get; }

    /// <summary>Where a resource server asks about a token (RFC 7662).</summary>
    public string IntrospectionUrl { get; }

    /// <summary>Who may ask there.</summary>
    public string ClientId { get; }

    public string ClientSecret { get; }

    public string Errors => child.Errors;

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<AuthorizationServerProcess> StartAsync(NodeEnvironment node, OAuthSetup setup)
    {
        var secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        var process = node.Run("oidc-provider.mjs", Arguments(setup), new Dictionary<string, string?> { ["INTROSPECTION_SECRET"] = secret });
        try
        {
            return new AuthorizationServerProcess(process, secret, await ReadyAsync(process));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => child.DisposeAsync();

    private static IEnumerable<string> Arguments(OAuthSetup setup) =>
    [
        "--format", setup.Opaque ? "opaque" : "jwt",
        "--ttl", $"{(int)setup.TokenLife.TotalSeconds}",
        .. setup.NonceRequired ? ["--nonce"] : Array.Empty<string>(),
    ];

    private static async Task<Ready> ReadyAsync(ChildProcess process)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            // The package writes notices of its own before the line.
            if (process.Output.Split('\n')[..^1].FirstOrDefault(line => line.StartsWith('{')) is { } line)
                return JsonSerializer.Deserialize<Ready>(line, Json)!;

            if (process.HasExited || Stopwatch.GetElapsedTime(started) > StartTime)
                throw new InvalidOperationException($"The authorization server did not start.\n{process.Output}\n{process.Errors}");

            await Task.Delay(20);
        }
    }

    private sealed record Ready(string Issuer, string Introspection, string ClientId);
}

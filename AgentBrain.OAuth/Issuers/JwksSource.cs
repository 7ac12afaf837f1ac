using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace AgentBrain.OAuth.Issuers;

/// <summary>Fetches an issuer's keys. Addresses come from settings and from the issuer's own metadata, never from a token.</summary>
internal sealed partial class JwksSource(IssuerSettings settings, IssuerHttp http, ILogger logger)
{
    private const int MaxBytes = 256 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private ImmutableArray<string> _ignored = [];

    /// <summary>
    /// Fetches the keys that are published now; perhaps none: an issuer whose keys were stolen says so by taking them all away, which
    /// is something else than giving no answer.
    /// </summary>
    /// <exception cref="IssuerHttpException">The issuer has no usable answer.</exception>
    public async Task<ImmutableArray<IssuerKey>> FetchAsync()
    {
        var address = settings.JwksUri ?? await DiscoverAsync();
        var keys = KeySet.Read(await GetAsync(address), out var ignored) ?? throw new IssuerHttpException(address, $"there is no array of at most {KeySet.MaxKeys} keys");
        Tell(ignored);
        return keys;
    }

    /// <summary>Many issuers publish keys that are not for us, for encryption say; that is said once, not every ten minutes.</summary>
    private void Tell(ImmutableArray<string> ignored)
    {
        foreach (var problem in ignored.Except(_ignored, StringComparer.Ordinal))
            LogIgnored(settings.Issuer, problem);

        _ignored = ignored;
    }

    private async Task<Uri> DiscoverAsync()
    {
        IssuerHttpException? last = null;
        foreach (var address in IssuerMetadata.Addresses(settings.Issuer))
        {
            try
            {
                return IssuerMetadata.ReadJwksUri(await GetAsync(address), settings.Issuer, out var problem) ?? throw new IssuerHttpException(address, problem!);
            }
            catch (IssuerHttpException failed) when (!failed.IsUnreachable)
            {
                LogNoMetadata(settings.Issuer, failed.Message);
                last = failed;
            }
        }

        throw last!;
    }

    private async Task<JsonElement> GetAsync(Uri address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        return await http.SendAsync(request, MaxBytes, Timeout);
    }

    [LoggerMessage(LogLevel.Information, "A key of {Issuer} is not used, {Problem}.")]
    private partial void LogIgnored(string issuer, string problem);

    [LoggerMessage(LogLevel.Debug, "No metadata of {Issuer} at {Problem}.")]
    private partial void LogNoMetadata(string issuer, string problem);
}

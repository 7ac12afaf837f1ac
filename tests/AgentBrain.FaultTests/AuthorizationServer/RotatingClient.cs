using System.Net;
using System.Text.Json;

namespace AgentBrain.FaultTests.AuthorizationServer;

/// <summary>A client that refreshes again and again, as fast as it is answered, and keeps the newest token that it was given.</summary>
internal sealed class RotatingClient(Uri server, string clientId, string token) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = server, Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>The newest token that arrived.</summary>
    public string Token { get; private set; } = token;

    /// <summary>When the last request that was not answered was begun.</summary>
    public DateTimeOffset SentAt { get; private set; } = TimeProvider.System.GetUtcNow();

    /// <summary>Refreshes once; the status and the body where it was refused.</summary>
    public async Task<(HttpStatusCode Status, string Body)> RefreshAsync()
    {
        SentAt = TimeProvider.System.GetUtcNow();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "refresh_token",
            ["refresh_token"] = Token,
            ["client_id"] = clientId,
        });
        using var response = await _http.PostAsync("/oauth/token", form);
        var body = await response.Content.ReadAsStringAsync();
        if (response.IsSuccessStatusCode)
            Token = JsonDocument.Parse(body).RootElement.GetProperty("refresh_token").GetString()!;

        return (response.StatusCode, response.IsSuccessStatusCode ? "" : body);
    }

    /// <summary>Refreshes until the server is gone.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (true)
                Assert.Equal((HttpStatusCode.OK, ""), await RefreshAsync());
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // Killed. Whether the last request was carried out, nobody here can know.
        }
    }

    public void Dispose() => _http.Dispose();
}

using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Web;

namespace AgentBrain.Bench.Tokens;

/// <summary>The client of the benchmark: public, and registered by itself (RFC 7591).</summary>
internal static class BenchRegistration
{
    private const string Scope = "agent-brain:read";

    /// <summary>Registers it.</summary>
    /// <returns>Its id.</returns>
    public static async Task<string> RegisterAsync(Uri endpoint)
    {
        using var http = new HttpClient();
        var metadata = new
        {
            client_name = "benchmark",
            redirect_uris = new[] { BenchBrowser.Callback },
            grant_types = new[] { "authorization_code", "refresh_token" },
            response_types = new[] { "code" },
            token_endpoint_auth_method = "none",
            application_type = "native",
        };
        using var response = await http.PostAsJsonAsync(endpoint, metadata);
        var answer = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? JsonElement.Parse(answer).GetProperty("client_id").GetString()! : throw new InvalidOperationException(answer);
    }

    /// <summary>An authorization request of it.</summary>
    /// <returns>The address, and the verifier of its challenge.</returns>
    public static (Uri Url, string Verifier) Ask(Uri endpoint, string clientId, string resource)
    {
        var verifier = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var query = HttpUtility.ParseQueryString("");
        query["response_type"] = "code";
        query["client_id"] = clientId;
        query["redirect_uri"] = BenchBrowser.Callback;
        query["scope"] = Scope;
        query["resource"] = resource;
        query["state"] = "s";
        query["code_challenge_method"] = "S256";
        query["code_challenge"] = Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return (new UriBuilder(endpoint) { Query = query.ToString() }.Uri, verifier);
    }
}

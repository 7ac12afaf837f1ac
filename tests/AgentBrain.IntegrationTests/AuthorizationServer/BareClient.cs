using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Web;
using Microsoft.AspNetCore.WebUtilities;

namespace AgentBrain.IntegrationTests.AuthorizationServer;

/// <summary>A public client without an SDK: one that registers itself and writes its own requests.</summary>
internal sealed class BareClient : IDisposable
{
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly OwnSite site;
    private readonly string verifier = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    private BareClient(OwnSite site) => this.site = site;

    /// <summary>Its <c>client_id</c>.</summary>
    public string Id { get; private set; } = "";

    /// <summary>Registers one that is sent back to the owner's browser's own address.</summary>
    public static async Task<BareClient> RegisterAsync(OwnSite site, string name, Uri? redirect = null)
    {
        var client = new BareClient(site);
        var metadata = new
        {
            client_name = name,
            redirect_uris = new[] { (redirect ?? site.Browser.Callback).AbsoluteUri },
            grant_types = new[] { "authorization_code", "refresh_token" },
            response_types = new[] { "code" },
            token_endpoint_auth_method = "none",
        };
        using var response = await client.http.PostAsJsonAsync(new Uri(site.Url, "oauth/register"), metadata);
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {answer}");
        client.Id = JsonElement.Parse(answer).GetProperty("client_id").GetString()!;
        return client;
    }

    /// <summary>An authorization request.</summary>
    public Uri AuthorizationUrl(string scope, Uri? redirect = null)
    {
        var query = HttpUtility.ParseQueryString("");
        query["response_type"] = "code";
        query["client_id"] = Id;
        query["redirect_uri"] = (redirect ?? site.Browser.Callback).AbsoluteUri;
        query["scope"] = scope;
        query["state"] = "s-1";
        query["resource"] = site.Endpoint.AbsoluteUri;
        query["code_challenge_method"] = "S256";
        query["code_challenge"] = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        return new Uri(site.Url, $"oauth/authorize?{query}");
    }

    /// <summary>Exchanges the code that the browser was sent back with.</summary>
    public async Task<JsonElement> ExchangeAsync(string answer)
    {
        using var response = await http.PostAsync(new Uri(site.Url, "oauth/token"), new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["client_id"] = Id,
            ["code"] = HttpUtility.ParseQueryString(new Uri(answer).Query)["code"]!,
            ["redirect_uri"] = site.Browser.Callback.AbsoluteUri,
            ["code_verifier"] = verifier,
            ["resource"] = site.Endpoint.AbsoluteUri,
        }));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {text}");
        return JsonElement.Parse(text);
    }

    public void Dispose() => http.Dispose();
}

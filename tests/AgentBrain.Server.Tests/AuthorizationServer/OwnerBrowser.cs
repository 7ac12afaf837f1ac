using System.Net;
using System.Text.RegularExpressions;
using AgentBrain.Server.AuthorizationServer;
using AgentBrain.Server.AuthorizationServer.Owner;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.AuthorizationServer;

/// <summary>
/// A browser without scripts: it keeps cookies, sends forms with the token that their page had, says where it comes from as browsers
/// do, and follows no redirect by itself.
/// </summary>
internal sealed partial class OwnerBrowser : IDisposable
{
    public const string Password = "violet harbour sketches nine";

    private readonly SocketsHttpHandler _handler;

    private OwnerBrowser(TestBrain brain)
    {
        _handler = new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies };
        Client = new HttpClient(_handler) { BaseAddress = new Uri(brain.Services.GetRequiredService<AuthorizationServerSettings>().Issuer) };
        Client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", "Test browser");
    }

    public CookieContainer Cookies { get; } = new();

    public HttpClient Client { get; }

    public Uri Url => Client.BaseAddress!;

    /// <summary>Starts the server with its own authorization server, on loopback and without a limit of rate.</summary>
    public static Task<TestBrain> StartServer(Action<WebApplicationBuilder>? configure = null, params string[] more) =>
        TestBrain.OnFreePort(port => TestBrain.Start("oauth", configure, null, [$"--urls=http://127.0.0.1:{port}", "--AGENT_BRAIN_RATE_PER_ADDRESS=0", .. more]));

    /// <summary>The same under the name localhost, which passkeys need.</summary>
    public static Task<TestBrain> StartNamedServer(Action<WebApplicationBuilder>? configure = null) =>
        TestBrain.OnFreePort(port => TestBrain.Start("oauth", configure, null, [$"--urls=http://127.0.0.1:{port}", $"--AGENT_BRAIN_PUBLIC_URL=http://localhost:{port}", "--AGENT_BRAIN_RATE_PER_ADDRESS=0"]));

    /// <summary>A browser that was never there.</summary>
    public static OwnerBrowser Open(TestBrain brain) => new(brain);

    /// <summary>Sets a server up and is its owner, signed in.</summary>
    public static async Task<OwnerBrowser> SetUp(TestBrain brain)
    {
        var browser = Open(brain);
        var link = await brain.Services.GetRequiredService<SetupLinks>().IssueAsync(isReset: false);
        using var response = await browser.UseLink(link, Password);
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        return browser;
    }

    /// <summary>Another browser of the owner, signed in.</summary>
    public static async Task<OwnerBrowser> SignedIn(TestBrain brain)
    {
        var browser = Open(brain);
        using var response = await browser.SignIn();
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        return browser;
    }

    /// <summary>Sends the setup form with the secret of a link.</summary>
    public Task<HttpResponseMessage> UseLink(string link, string password, string? repeat = null) => Submit("/setup", "/setup", new Dictionary<string, string>
    {
        ["code"] = new Uri(link).Fragment.TrimStart('#'),
        ["username"] = "owner",
        ["new_password"] = password,
        ["repeat_password"] = repeat ?? password,
    });

    /// <summary>Sends the sign-in form.</summary>
    /// <param name="password">The password.</param>
    /// <param name="target">Where to go then.</param>
    /// <param name="again">Is it the form that a signed-in owner gets?</param>
    public Task<HttpResponseMessage> SignIn(string password = Password, string? target = null, bool again = false)
    {
        var field = again ? "again" : "return";
        var page = "/sign-in" + (target is null ? again ? "?again=" : "" : $"?{field}={Uri.EscapeDataString(target)}");
        return Submit(page, "/sign-in", new Dictionary<string, string> { [field] = target ?? "", ["username"] = "owner", ["password"] = password });
    }

    /// <summary>Reads a page.</summary>
    public Task<HttpResponseMessage> Get(string path) => Client.GetAsync(path);

    /// <summary>The text of a page.</summary>
    public async Task<string> Read(string path)
    {
        using var response = await Get(path);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Loads a page and sends a form of it.</summary>
    public async Task<HttpResponseMessage> Submit(string page, string action, IEnumerable<KeyValuePair<string, string>> fields) =>
        await Post(action, Token(await Read(page)), fields);

    /// <summary>Sends a form as browsers do.</summary>
    /// <param name="action">Where to.</param>
    /// <param name="token">The token of a page; <c>null</c> for none.</param>
    /// <param name="fields">The fields.</param>
    public async Task<HttpResponseMessage> Post(string action, string? token, IEnumerable<KeyValuePair<string, string>> fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, action);
        KeyValuePair<string, string>[] hidden = token is null ? [] : [new("form", token)];
        request.Content = new FormUrlEncodedContent([.. hidden, .. fields]);
        request.Headers.TryAddWithoutValidation("Origin", Url.GetLeftPart(UriPartial.Authority));
        request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "same-origin");
        return await Client.SendAsync(request);
    }

    /// <summary>The antiforgery token of a page; <c>null</c> when it has no form.</summary>
    public static string? Token(string html) =>
        Field().Match(html) is { Success: true } match ? WebUtility.HtmlDecode(match.Groups["value"].Value) : null;

    /// <summary>A cookie of the server; <c>null</c> when there is none.</summary>
    public string? Cookie(string name) => Cookies.GetCookies(Url)[name]?.Value;

    public void Dispose()
    {
        Client.Dispose();
        _handler.Dispose();
    }

    [GeneratedRegex("<input[^>]*name=\"form\"[^>]*value=\"(?<value>[^\"]*)\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Field();
}

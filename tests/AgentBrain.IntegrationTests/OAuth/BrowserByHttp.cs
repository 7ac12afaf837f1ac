using System.Net;
using System.Web;
using ModelContextProtocol.Authentication;

namespace AgentBrain.IntegrationTests.OAuth;

/// <summary>The browser's part of an authorization: it goes where it is sent, with its cookies, until it is sent back to the client.</summary>
internal sealed class BrowserByHttp : IDisposable
{
    /// <summary>Where the authorization server sends it back to; nothing listens there.</summary>
    public static readonly Uri Callback = new("http://127.0.0.1:33418/callback");

    private const int Redirects = 10;

    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { Timeout = TimeSpan.FromSeconds(30) };
    private readonly List<string> askedScopes = [];

    /// <summary>The <c>scope</c> of each authorization request.</summary>
    public IReadOnlyList<string> AskedScopes => askedScopes;

    /// <summary>Answers the SDK's request for the user.</summary>
    public async Task<AuthorizationResult?> AuthorizeAsync(AuthorizationCallbackContext context, CancellationToken cancellation)
    {
        askedScopes.Add(HttpUtility.ParseQueryString(context.AuthorizationUri.Query)["scope"]!);
        var url = context.AuthorizationUri;
        for (var count = 0; count < Redirects; count++)
        {
            using var response = await http.GetAsync(url, cancellation);
            if (response.Headers.Location is not { } location)
                throw new InvalidOperationException($"No redirect from {url} but {response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellation)}");

            url = new Uri(url, location);
            if (url.GetLeftPart(UriPartial.Path) == Callback.AbsoluteUri)
                return Answer(url);
        }

        throw new InvalidOperationException($"No end after {Redirects} redirects.");
    }

    public void Dispose() => http.Dispose();

    private static AuthorizationResult Answer(Uri callback)
    {
        var answer = HttpUtility.ParseQueryString(callback.Query);
        return new AuthorizationResult { Code = answer["code"], State = answer["state"], Iss = answer["iss"] };
    }
}

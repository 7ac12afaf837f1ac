using System.Net;
using System.Text.RegularExpressions;
using System.Web;

namespace AgentBrain.Bench.Tokens;

/// <summary>What a browser and its user do in an authorization, as far as a benchmark needs it: follow redirects, keep cookies, and send the forms of sign-in and consent.</summary>
/// <param name="password">The user's password, where one is asked for.</param>
internal sealed partial class BenchBrowser(string? password) : IDisposable
{
    /// <summary>Where the client has the browser sent back to; nothing listens there.</summary>
    public const string Callback = "http://127.0.0.1:33418/callback";

    private const int Pages = 12;

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, CookieContainer = new CookieContainer() });

    /// <summary>Answers an authorization request with yes.</summary>
    /// <returns>The code.</returns>
    public async Task<string> AuthorizeAsync(Uri url)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        for (var page = 0; page < Pages; page++)
        {
            using var response = await _http.SendAsync(request);
            var at = request.RequestUri!;
            request.Dispose();
            if (response.Headers.Location is { } location)
            {
                var next = new Uri(at, location);
                if (next.AbsoluteUri.StartsWith(Callback, StringComparison.Ordinal))
                    return HttpUtility.ParseQueryString(next.Query)["code"] ?? throw new InvalidOperationException(next.Query);

                request = new HttpRequestMessage(HttpMethod.Get, next);
            }
            else
            {
                request = Submit(at, await response.Content.ReadAsStringAsync());
            }
        }

        throw new InvalidOperationException($"No code after {Pages} pages.");
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The page's first form, with what it has, every box ticked, and yes.</summary>
    private HttpRequestMessage Submit(Uri page, string html)
    {
        if (Form().Match(html) is not { Success: true } form)
            throw new InvalidOperationException($"No form on {page}: {html}");

        var fields = new List<KeyValuePair<string, string>>();
        foreach (Match input in Field().Matches(form.Value))
        {
            if (Attribute(input.Value, "name") is not { } name)
                continue;

            var type = Attribute(input.Value, "type");
            if (type == "password")
                fields.Add(new(name, password!));
            else if (!input.Value.StartsWith("<button", StringComparison.Ordinal) || Attribute(input.Value, "value") == "allow")
                fields.Add(new(name, Attribute(input.Value, "value") ?? "on"));
        }

        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(page, Attribute(form.Value, "action"))) { Content = new FormUrlEncodedContent(fields) };
        request.Headers.Add("Origin", page.GetLeftPart(UriPartial.Authority));
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        return request;
    }

    private static string? Attribute(string tag, string name) =>
        Regex.Match(tag, $@"\s{name}=""([^""]*)""", RegexOptions.None, TimeSpan.FromSeconds(5)) is { Success: true } match
            ? WebUtility.HtmlDecode(match.Groups[1].Value)
            : null;

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline, 5_000)]
    private static partial Regex Form();

    [GeneratedRegex("<(input|button)[^>]*>", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Field();
}

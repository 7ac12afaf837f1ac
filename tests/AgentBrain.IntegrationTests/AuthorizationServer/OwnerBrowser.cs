using System.Net.Http.Json;
using System.Text.Json;
using System.Web;
using AgentBrain.IntegrationTests.Infrastructure;
using ModelContextProtocol.Authentication;

namespace AgentBrain.IntegrationTests.AuthorizationServer;

/// <summary>The owner with a real Chromium (<c>node/owner-browser.mjs</c>). It does what it is told, one thing after the other.</summary>
internal sealed class OwnerBrowser : IAsyncDisposable
{
    /// <summary>The owner's password, for tests only.</summary>
    public const string Password = "nine lazy herons 41";

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly ChildProcess child;
    private readonly HttpClient http = new() { Timeout = Patience };
    private readonly List<string> problems = [];
    private readonly List<string> askedScopes = [];

    private OwnerBrowser(ChildProcess child, Uri address) => (this.child, Address) = (child, address);

    /// <summary>Where it takes commands.</summary>
    public Uri Address { get; }

    /// <summary>Where a client may have it sent back to; it listens there.</summary>
    public Uri Callback => new(Address, "callback");

    /// <summary>What the pages did wrong so far.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>The <c>scope</c> of each authorization request that <see cref="AuthorizeAsync(AuthorizationCallbackContext, CancellationToken)"/> answered.</summary>
    public IReadOnlyList<string> AskedScopes => askedScopes;

    /// <summary>Starts it; without Node.js or Chromium the test is skipped, or fails on a build server.</summary>
    public static async Task<OwnerBrowser> StartAsync(NodeEnvironment node)
    {
        var process = node.Run("owner-browser.mjs", [], new Dictionary<string, string?> { ["CHROMIUM"] = Chromium.Require(), ["OWNER_PASSWORD"] = Password });
        try
        {
            using var late = new CancellationTokenSource(StartTime);
            while (!process.Output.Contains('\n', StringComparison.Ordinal))
            {
                if (process.HasExited)
                    throw new InvalidOperationException($"The browser did not start.\n{process.Output}\n{process.Errors}");

                await Task.Delay(20, late.Token);
            }

            return new OwnerBrowser(process, new Uri(process.Output.Trim()));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Does something that has no result.</summary>
    /// <param name="command">A command of the script.</param>
    /// <param name="parameters">Its parameters, an object whose members they are.</param>
    public Task DoAsync(string command, object? parameters = null) => AskAsync<JsonElement?>(command, parameters);

    /// <summary>Does something and returns what came of it.</summary>
    public async Task<T> AskAsync<T>(string command, object? parameters = null)
    {
        var body = parameters is null ? [] : JsonSerializer.SerializeToElement(parameters, Json).Deserialize<Dictionary<string, JsonElement>>()!;
        body["do"] = JsonSerializer.SerializeToElement(command);
        using var response = await http.PostAsJsonAsync(Address, body);
        var answer = (await response.Content.ReadFromJsonAsync<Answer>(Json))!;
        problems.AddRange(answer.Problems);
        Assert.True(answer.Error is null, $"{answer.Error}\n{string.Join('\n', problems)}");
        return answer.Result is { } result ? result.Deserialize<T>(Json)! : default!;
    }

    /// <summary>The owner's answer to an authorization request.</summary>
    public Task<OwnerAnswer> AuthorizeAsync(Uri url, Uri callback, string? name = null, IReadOnlyList<string>? scopes = null, bool deny = false) =>
        AskAsync<OwnerAnswer>("authorize", new { url = url.AbsoluteUri, callback = callback.AbsoluteUri, name, scopes, deny });

    /// <summary>Answers the C# SDK's request for the user: signs in where asked to, and agrees to all.</summary>
    public async Task<AuthorizationResult?> AuthorizeAsync(AuthorizationCallbackContext context, CancellationToken cancellation)
    {
        askedScopes.Add(HttpUtility.ParseQueryString(context.AuthorizationUri.Query)["scope"]!);
        var answer = await AuthorizeAsync(context.AuthorizationUri, Callback);
        Assert.True(answer.Answer is not null, $"The browser was not sent back; it is at {answer.At}:\n{answer.Page}");
        var parameters = HttpUtility.ParseQueryString(new Uri(answer.Answer).Query);
        return new AuthorizationResult { Code = parameters["code"], State = parameters["state"], Iss = parameters["iss"] };
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (!child.HasExited)
        {
            child.CloseInput();
            await child.WaitAsync(Patience);
        }

        await child.DisposeAsync();
    }

    private sealed record Answer(JsonElement? Result, string? Error, IReadOnlyList<string> Problems);
}

/// <summary>How an authorization request ended.</summary>
/// <param name="Answer">Where the browser was sent back to; <c>null</c> if it was not.</param>
/// <param name="Consent">What the consent page showed; <c>null</c> without one.</param>
/// <param name="Page">What the last page says, where the browser was not sent back.</param>
/// <param name="At">The last page's address.</param>
internal sealed record OwnerAnswer(string? Answer, ShownConsent? Consent, string? Page, string At);

/// <summary>A consent page.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Offered">The scopes.</param>
internal sealed record ShownConsent(string Text, IReadOnlyList<OfferedScope> Offered);

/// <summary>A scope with its checkbox, by the form's short name.</summary>
internal sealed record OfferedScope(string Scope, bool Ticked, bool Disabled);

/// <summary>A page that was visited.</summary>
internal sealed record VisitedPage(string Url, int? Status, string Text);

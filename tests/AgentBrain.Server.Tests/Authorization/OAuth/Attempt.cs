using System.Text;
using System.Text.Json.Nodes;
using AgentBrain.Server.Tests.Hosting;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>One request as an honest client would make it, until a test bends a part of it.</summary>
internal sealed class Attempt(World world)
{
    private string? token;
    private TestClient? client;

    /// <summary>The brain whose endpoint is called, and which the token is for.</summary>
    public string Brain { get; set; } = "default";

    /// <summary>The path, where it is not the brain's.</summary>
    public string? Path { get; set; }

    public string Query { get; set; } = "";

    public string Verb { get; set; } = "POST";

    public string? Session { get; set; }

    /// <summary>The message; by default a call of <c>query_count</c>, which needs to read.</summary>
    public string? Body { get; set; }

    public string Method { get; set; } = "tools/call";

    public string? Tool { get; set; } = "query_count";

    public Dictionary<string, string> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

    public string Scheme { get; set; } = "Bearer";

    public TestIssuer Issuer { get; set; } = world.Issuer;

    public string? Audience { get; set; }

    public string Subject { get; set; } = "alice";

    public string Scope { get; set; } = "agent-brain:read";

    /// <summary>Is the token bound to the client's key? By default it is when the scheme is DPoP.</summary>
    public bool? Bound { get; set; }

    public Action<JsonObject>? Claims { get; set; }

    public Action<JsonObject>? Header { get; set; }

    public SigningKey? SignedBy { get; set; }

    /// <summary>What becomes of the finished token.</summary>
    public Func<string, string>? Rewrite { get; set; }

    public TestClient Client
    {
        get => client ??= world.NewClient();
        set => client = value;
    }

    public Action<JsonObject>? ProofClaims { get; set; }

    public Action<JsonObject>? ProofHeader { get; set; }

    public Func<byte[], byte[]>? ProofSignature { get; set; }

    /// <summary>From the good proof to the values of the DPoP header.</summary>
    public Func<string, string[]>? Proofs { get; set; }

    /// <summary>From the token to the values of the Authorization header.</summary>
    public Func<string, string[]>? Authorization { get; set; }

    public string Uri => Path is null ? world.ResourceOf(Brain) : world.Brain.Url + Path[1..];

    public string Token
    {
        get => token ??= (Rewrite ?? (static text => text))(Issuer.Token(Audience ?? world.ResourceOf(Brain), Scope, BendClaims, Header, SignedBy));
        set => token = value;
    }

    public string GoodProof() => Client.Proof(Token, Uri, Verb, ProofClaims, ProofHeader, ProofSignature);

    /// <summary>Opens a session with the same token and key.</summary>
    public async Task<string> OpenSession(string version)
    {
        var (body, session, verb) = (Body, Session, Verb);
        (Body, Session, Verb) = (Messages.Initialize.Replace(Messages.Legacy, version, StringComparison.Ordinal), null, "POST");
        var reply = await Send(version);
        (Body, Session, Verb) = (body, session, verb);
        Assert.True(reply.Status == 200, $"{reply.Shape}: {reply.Body}");
        return reply.Header("Mcp-Session-Id");
    }

    /// <summary>Sends it in a generation of the protocol.</summary>
    public async Task<Reply> Send(string version)
    {
        string[] authorizations = Authorization?.Invoke(Token) ?? [$"{Scheme} {Token}"];
        string[] proofs = Proofs is not null ? Proofs(GoodProof()) : Scheme.Equals("DPoP", StringComparison.OrdinalIgnoreCase) ? [GoodProof()] : [];
        if (authorizations.Length > 1 || proofs.Length > 1 || authorizations.Concat(proofs).Any(static value => value.Length == 0))
            return await SendRaw(version, authorizations, proofs);

        using var request = new HttpRequestMessage(new HttpMethod(Verb), Uri + Query);
        if (Verb == "POST")
            request.Content = new StringContent(Message(version), Encoding.UTF8, "application/json");
        foreach (var (name, value) in Lines(version, authorizations, proofs))
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await world.Brain.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var isStream = Verb == "GET" && response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType == "text/event-stream";
        return Reply.Of(response, isStream ? "" : await response.Content.ReadAsStringAsync());
    }

    private async Task<Reply> SendRaw(string version, string[] authorizations, string[] proofs)
    {
        var body = Encoding.UTF8.GetBytes(Message(version));
        var head = $"{Verb} {new Uri(Uri).AbsolutePath}{Query} HTTP/1.1\nHost: 127.0.0.1:{world.Brain.Port}\nContent-Type: application/json\nContent-Length: {body.Length}\n"
            + string.Concat(Lines(version, authorizations, proofs).Select(line => $"{line.Name}: {line.Value}\n"));
        return Reply.Of(await RawHttp.Send(world.Brain.Port, head, body));
    }

    private IEnumerable<(string Name, string Value)> Lines(string version, string[] authorizations, string[] proofs)
    {
        yield return ("Accept", "application/json, text/event-stream");
        yield return ("MCP-Protocol-Version", version);
        if (Session is not null)
            yield return ("Mcp-Session-Id", Session);
        foreach (var value in authorizations)
            yield return ("Authorization", value);
        foreach (var value in proofs)
            yield return ("DPoP", value);
        if (version == Messages.Modern && !Headers.ContainsKey("Mcp-Method"))
        {
            yield return ("Mcp-Method", Method);
            if (Tool is not null)
                yield return ("Mcp-Name", Tool);
        }

        foreach (var (name, value) in Headers)
            yield return (name, value);
    }

    private string Message(string version)
    {
        if (Body is not null)
            return Body;

        var parameters = Tool is null ? "" : $"\"name\":\"{Tool}\",\"arguments\":{{}}";
        return version == Messages.Modern
            ? Messages.ModernRequest(Method, parameters)
            : $$$"""{"jsonrpc":"2.0","id":3,"method":"{{{Method}}}","params":{{{{parameters}}}}}""";
    }

    private void BendClaims(JsonObject claims)
    {
        claims["sub"] = Subject;
        if (Bound ?? Scheme.Equals("DPoP", StringComparison.OrdinalIgnoreCase))
            Client.Bind(claims);
        Claims?.Invoke(claims);
    }
}

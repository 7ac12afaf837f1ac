using AgentBrain.FaultTests.OAuth;

namespace AgentBrain.FaultTests.Secrecy;

/// <summary>Calls with credentials, at all the places where clients put them, right or wrong.</summary>
internal static class Calls
{
    /// <summary>A list of the tools.</summary>
    public static byte[] With(params (string Name, string Value)[] headers) => Deployment.Request(headers);

    public static byte[] Authorization(string value) => With(("Authorization", value));

    /// <summary>Requests that carry a secret where none belongs, each with the status that it gets.</summary>
    public static IEnumerable<(int Status, byte[] Request)> Misplaced(string secret)
    {
        var escaped = Uri.EscapeDataString(secret);
        var json = System.Text.Json.JsonEncodedText.Encode(secret);
        yield return (401, RawRequest.Make("POST", $"/mcp?access_token={escaped}", """{"jsonrpc":"2.0","id":1,"method":"ping"}"""));
        yield return (401, RawRequest.Make("GET", $"/mcp?access_token={escaped}&code={escaped}", "", ("Accept", "text/event-stream")));
        yield return (200, RawRequest.Make("GET", $"/alive?access_token={escaped}", ""));
        yield return (404, RawRequest.Make("GET", $"/callback?code={escaped}&state={escaped}", ""));
        yield return (404, RawRequest.Make("GET", $"/{escaped}", ""));
        yield return (404, RawRequest.Make("GET", $"/mcp/{escaped}", ""));
        yield return (404, RawRequest.Make("POST", "/token", $"grant_type=refresh_token&refresh_token={escaped}&client_secret={escaped}", ("Content-Type", "application/x-www-form-urlencoded")));
        yield return (415, RawRequest.Make("POST", "/mcp", $"access_token={escaped}", ("Content-Type", "application/x-www-form-urlencoded")));
        yield return (401, With(("Cookie", $"session={escaped}")));
        yield return (401, With(("X-Api-Key", secret)));
        yield return (401, With(("DPoP", secret)));
        yield return (401, With(("Referer", $"https://brain.example/mcp?access_token={escaped}"), ("User-Agent", secret)));
        yield return (401, RawRequest.Make("POST", "/mcp", $$$"""{"jsonrpc":"2.0","id":"{{{json}}}","method":"{{{json}}}","params":{"access_token":"{{{json}}}"}}"""));

        // Neither is HTTP; what answers is the server's reader of HTTP.
        yield return (400, RawRequest.Make("POST", "/mcp", "", ("Authorization ", $"Bearer {secret}")));
        yield return (400, RawRequest.Make("POST", "/mcp", "", ("Authorization", $"Bearer {secret}\0")));
    }

    /// <summary>Ways to write an <c>Authorization</c> header that are refused.</summary>
    public static IEnumerable<byte[]> Misspelled(string secret)
    {
        yield return Authorization(secret);
        yield return Authorization($"Token {secret}");
        yield return Authorization($"Basic {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes("alice:" + secret))}");
        yield return Authorization($"Bearer {secret} {secret}");
        yield return Authorization($"Bearer \"{secret}\"");
        yield return With(("Authorization", $"Bearer {secret}"), ("Authorization", $"Bearer {secret}"));
    }

    /// <summary>Secrets within messages of a caller who is known, each with the status that it gets.</summary>
    public static IEnumerable<(int Status, byte[] Request)> InMessages(string authorization, string secret)
    {
        var json = System.Text.Json.JsonEncodedText.Encode(secret);
        var version = ("MCP-Protocol-Version", "2025-06-18");
        byte[] Post(string body, params (string Name, string Value)[] headers) => RawRequest.Make("POST", "/mcp", body, [("Authorization", authorization), version, .. headers]);
        yield return (200, Post($$$"""{"jsonrpc":"2.0","id":"{{{json}}}","method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"{{{json}}}","version":"1"} } }"""));
        yield return (404, Post("""{"jsonrpc":"2.0","id":2,"method":"tools/list"}""", ("Mcp-Session-Id", secret)));
        yield return (200, With(("Authorization", authorization), ("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("Tracestate", $"a={secret[..Math.Min(secret.Length, 200)]}"), ("Baggage", $"token={secret}")));
        yield return (200, Post($$$"""{"jsonrpc":"2.0","id":3,"method":"no/such","params":{"{{{json}}}":"{{{json}}}"} }"""));
    }
}

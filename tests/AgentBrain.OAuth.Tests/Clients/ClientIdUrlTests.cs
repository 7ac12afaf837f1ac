using AgentBrain.OAuth.Clients;

namespace AgentBrain.OAuth.Tests.Clients;

/// <summary>Client ids that are URLs (client id metadata documents §3).</summary>
public sealed class ClientIdUrlTests
{
    [Theory]
    [InlineData("https://claude.ai/oauth/claude-code-client-metadata", "claude.ai", 443)]
    [InlineData("https://vscode.dev/oauth/client-metadata.json", "vscode.dev", 443)]
    [InlineData("https://client.example:8443/x", "client.example", 8443)]
    public void The_url_of_a_document_is_one(string id, string host, int port)
    {
        Assert.True(ClientIdUrl.TryRead(id, allowLoopback: false, out var url, out _));
        Assert.Equal((id, host, port), (url.Text, url.Host, url.Port));
    }

    [Theory]
    [InlineData("http://client.example/x")]
    [InlineData("HTTPS://client.example/x")]
    [InlineData("https://client.example")]
    [InlineData("https://client.example/")]
    [InlineData("https://client.example?x")]
    [InlineData("https://client.example/x?y=1")]
    [InlineData("https://client.example/x?")]
    [InlineData("https://client.example/x#y")]
    [InlineData("https://user@client.example/x")]
    [InlineData("https://client.example/a/../x")]
    [InlineData("https://client.example/a/%2e%2e/x")]
    [InlineData("https://client.example/./x")]
    [InlineData("https://intranet/x")]
    [InlineData("https://192.0.2.7/x")]
    [InlineData("https://1.1.1.1/x")]
    [InlineData("https://[2606:4700::1111]/x")]
    [InlineData("https://0x01010101/x")]
    [InlineData("https://16843009/x")]
    [InlineData("https://client.example\\x")]
    [InlineData("cursor://client.example/x")]
    [InlineData("http://localhost/x")]
    [InlineData("https://localhost/x")]
    [InlineData("https://127.0.0.1/x")]
    [InlineData("https://[::1]/x")]
    [InlineData("c-1234")]
    public void What_could_be_read_in_two_ways_or_names_no_public_host_is_none(string id)
    {
        Assert.False(ClientIdUrl.TryRead(id, allowLoopback: false, out var url, out var problem));
        Assert.Null(url);
        Assert.NotNull(problem);
    }

    [Fact]
    public void A_longer_one_is_none() =>
        Assert.Equal((true, false), (ClientIdUrl.TryRead("https://client.example/".PadRight(2000, 'a'), false, out _, out _), ClientIdUrl.TryRead("https://client.example/".PadRight(2001, 'a'), false, out _, out _)));

    [Fact]
    public void The_machine_itself_is_a_host_only_where_it_was_said()
    {
        Assert.True(ClientIdUrl.TryRead("https://localhost:5001/x", allowLoopback: true, out _, out _));
        Assert.False(ClientIdUrl.TryRead("https://intranet/x", allowLoopback: true, out _, out _));
    }

    [Theory]
    [InlineData("https://client.example/x", true)]
    [InlineData("HTTPS://client.example/x", true)]
    [InlineData("http://client.example/x", false)]
    [InlineData("c-https://", false)]
    [InlineData(null, false)]
    public void Whoever_begins_like_one_is_judged_as_one(string? id, bool isMeant) => Assert.Equal(isMeant, ClientIdUrl.IsMeant(id));
}

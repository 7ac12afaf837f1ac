using AgentBrain.Server.AuthorizationServer;
using AgentBrain.Server.AuthorizationServer.Consent;
using AgentBrain.Server.AuthorizationServer.Storage;

namespace AgentBrain.Server.Tests.AuthorizationServer.Consent;

/// <summary>Who vouches for a client, and who can pose as it (SR-19, SR-32).</summary>
public sealed class ClientFaceTests
{
    private static readonly AuthorizationServerSettings Settings = new() { Issuer = "https://brain.example", TrustedClientHosts = ["known.example"] };

    [Theory]
    [InlineData(ClientKind.Document, "https://known.example/m.json", "https://known.example/cb", "public", ClientStanding.Verified, true)]
    [InlineData(ClientKind.Document, "https://known.example/m.json", "https://other.example/cb", "public", ClientStanding.Verified, false)]
    [InlineData(ClientKind.Document, "https://known.example:8443/m.json", "https://known.example/cb", "public", ClientStanding.Verified, false)]
    [InlineData(ClientKind.Document, "https://known.example/m.json", "http://127.0.0.1:1/cb", "public", ClientStanding.Unverified, false)]
    [InlineData(ClientKind.Document, "https://known.example/m.json", "cursor://cb", "public", ClientStanding.Unverified, false)]
    [InlineData(ClientKind.Document, "https://known.example@evil.example/m.json", "https://evil.example/cb", "public", ClientStanding.Unverified, true)]
    [InlineData(ClientKind.Document, "http://known.example/m.json", "https://known.example/cb", "public", ClientStanding.Unverified, false)]
    [InlineData(ClientKind.Document, "https://KNOWN.example/m.json", "https://known.example/cb", "public", ClientStanding.Verified, true)]
    [InlineData(ClientKind.Document, "https://known.example./m.json", "https://known.example/cb", "public", ClientStanding.Unverified, false)]
    [InlineData(ClientKind.Dynamic, "https://known.example/m.json", "https://known.example/cb", "public", ClientStanding.Unverified, false)]
    [InlineData(ClientKind.Dynamic, "c-1", "https://known.example/cb", "confidential", ClientStanding.Unverified, true)]
    [InlineData(ClientKind.Dynamic, "c-1", "http://localhost:1/cb", "confidential", ClientStanding.Unverified, false)]
    [InlineData(ClientKind.Registered, "c-1", "http://localhost:1/cb", "public", ClientStanding.AddedByOwner, false)]
    internal void A_client_is_what_can_be_proved_of_it(ClientKind kind, string id, string redirect, string type, ClientStanding standing, bool isProven)
    {
        Assert.True(RedirectTarget.TryRead(redirect, out var target));

        var face = ClientFace.Of(new ClientRecord { Kind = kind, ClientId = id, ClientType = type }, target, Settings);

        Assert.Equal((standing, isProven), (face.Standing, face.IsProven));
    }

    [Theory]
    [InlineData("https://xn--e1afmkfd.example/cb", "xn--e1afmkfd.example", "https://xn--e1afmkfd.example")]
    [InlineData("https://EVIL.example:443/cb", "evil.example", "https://evil.example")]
    [InlineData("https://evil.example:8443/cb", "evil.example:8443", "https://evil.example:8443")]
    [InlineData("http://LOCALHOST:5/cb", "localhost:5", "http://localhost")]
    [InlineData("http://localhost/cb", "localhost:80", "http://localhost")]
    [InlineData("http://[::1]:5/cb", "[::1]:5", "http://[::1]")]
    [InlineData("com.example.app:/cb", "com.example.app:", "com.example.app:")]
    public void A_redirect_is_shown_and_remembered_by_what_it_is(string uri, string shown, string memory)
    {
        Assert.True(RedirectTarget.TryRead(uri, out var target));

        Assert.Equal((uri, shown, memory), (target.Uri, target.Shown, target.Memory));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("/cb")]
    [InlineData("//evil.example/cb")]
    [InlineData("javascript:alert(1)")]
    [InlineData("JavaScript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("vbscript:x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("blob:https://evil.example/x")]
    [InlineData("http://evil.example/cb")]
    [InlineData("http://127.0.0.1.evil.example/cb")]
    [InlineData("http://localhost.evil.example/cb")]
    [InlineData("http://127.0.0.2/cb")]
    [InlineData("https://user@evil.example/cb")]
    [InlineData("https://known.example@evil.example/cb")]
    [InlineData("https://evil.example\\@known.example/cb")]
    [InlineData("https:\\\\evil.example/cb")]
    [InlineData("https:/evil.example/cb")]
    [InlineData("https://evil.example/cb#fragment")]
    [InlineData("https://evil.example/c b")]
    [InlineData("https://evil.example/cb\r\nSet-Cookie: a=b")]
    [InlineData("https://ëvil.example/cb")]
    [InlineData("https://evil.example/\"><script>")]
    public void A_redirect_that_two_could_read_differently_is_none(string? uri) => Assert.False(RedirectTarget.TryRead(uri, out _));
}

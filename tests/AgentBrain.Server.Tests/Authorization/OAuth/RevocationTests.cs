using AgentBrain.OAuth.Revocation;
using AgentBrain.OAuth.Tokens;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>What was revoked is refused at once, however warm it is (RFC 7009 §2.2, SR-03); what is not known of is not served.</summary>
public sealed class RevocationTests
{
    [Theory]
    [InlineData("Bearer")]
    [InlineData("DPoP")]
    public async Task A_revoked_token_is_refused_on_its_next_call_remembered_or_not(string scheme)
    {
        await using var issuer = await TestIssuer.StartAsync();
        var revocations = new Switch();
        var time = new ShiftedTime(TimeSpan.FromMinutes(-15));
        await using var brain = await TestBrain.StartOAuth(issuer.Url, Solo.With(time) + revocations.Register);
        time.Advance(TimeSpan.FromMinutes(15));
        using var client = new TestClient();
        var token = issuer.Token(brain.Url + "mcp", claims: claims =>
        {
            if (scheme == "DPoP")
                client.Bind(claims);
        });
        async Task<string> Call() => (await Solo.Send(brain, $"{scheme} {token}", scheme == "DPoP" ? client.Proof(token, brain.Url + "mcp") : null)).Shape;
        Assert.Equal(Expect.Accepted, await Call());

        revocations.Answer = static () => true;
        var revoked = await Call();
        revocations.Answer = static () => throw new RevocationsUnavailableException();
        var unknown = await Call();
        revocations.Answer = static () => false;

        Assert.Equal(scheme == "DPoP" ? Expect.BadBoundToken("token_revoked") : Expect.BadToken("token_revoked"), revoked);
        Assert.Equal("503 revocations_unavailable", unknown);
        Assert.Equal(Expect.Accepted, await Call());
    }

    private sealed class Switch : IRevocations
    {
        public Func<bool> Answer { get; set; } = static () => false;

        public void Register(WebApplicationBuilder builder) => builder.Services.AddSingleton<IRevocations>(this);

        public bool IsRevoked(AccessToken token) => Answer();
    }
}

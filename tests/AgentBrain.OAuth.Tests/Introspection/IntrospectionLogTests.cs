using System.Net;
using AgentBrain.OAuth.Introspection;
using AgentBrain.OAuth.Issuers;
using AgentBrain.OAuth.Tests.Tokens;

namespace AgentBrain.OAuth.Tests.Introspection;

public sealed class IntrospectionLogTests
{
    [Fact]
    public async Task Neither_a_token_nor_our_secret_gets_into_the_log_or_a_refusal()
    {
        const string Token = "canary-token";
        var clock = Claims.Clock();
        using var issuer = new FakeIntrospection();
        var log = new LogLines<IntrospectionClient>();
        var client = new IntrospectionClient(FakeIntrospection.Settings, new IssuerHttp(new HttpMessageInvoker(issuer), clock), new TokenBuckets(clock, 100, TimeSpan.FromSeconds(1), 10), clock, log);
        Func<HttpResponseMessage>[] answers =
        [
            () => throw new HttpRequestException("refused"),
            () => throw new InvalidOperationException(Token),
            () => new HttpResponseMessage(HttpStatusCode.BadRequest) { Content = new StringContent(Token) },
            () => FakeIntrospection.Text($"{{\"active\":\"{Token}\"}}"),
            () => FakeIntrospection.Text(Token),
        ];

        foreach (var answer in answers)
        {
            issuer.Answer = answer;
            var outcome = await client.AskAsync(Claims.Resource, Token, "a", TestContext.Current.CancellationToken);
            Assert.Equal(Reasons.IntrospectionUnavailable, outcome.Reason);
            log.All.Enqueue(outcome.ToString());

            // Failures in numbers are told once a second.
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        var all = string.Join('\n', log.All.Append(FakeIntrospection.Settings.ToString()));
        Assert.Equal(2 * answers.Length, log.All.Count);
        Assert.DoesNotContain(Token, all, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", all, StringComparison.Ordinal);
        Assert.DoesNotContain("Basic", all, StringComparison.Ordinal);
    }
}

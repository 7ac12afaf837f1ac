using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentBrain.OAuth.Tests.Tokens;

namespace AgentBrain.OAuth.Tests.Introspection;

public sealed class IntrospectionFuzzTests
{
    [Fact]
    public async Task No_response_brings_the_client_to_its_knees_or_an_inactive_token_past_it()
    {
        var good = FakeIntrospection.With("token_type", "DPoP");
        good["cnf"] = new JsonObject { ["jkt"] = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" };
        var bytes = Encoding.UTF8.GetBytes(good.ToJsonString());
        byte[] mutated = [];
        using var issuer = new FakeIntrospection { Answer = () => new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(mutated) } };
        var client = issuer.Client(Claims.Clock());
        var mutator = new Mutator(seed: 5);
        var accepted = 0;
        for (var i = 0; i < Mutator.Count; i++)
        {
            mutated = mutator.Mutate(bytes);
            var outcome = await client.AskAsync(Claims.Resource, $"token-{i}", "a", TestContext.Current.CancellationToken);
            issuer.Questions.Clear();

            Assert.True(outcome.Token is null != outcome.Reason is null);
            if (outcome.Token is not { } token)
                continue;

            accepted++;
            using var read = JsonDocument.Parse(mutated);
            Assert.Equal(JsonValueKind.True, read.RootElement.GetProperty("active").ValueKind);
            Assert.Equal(read.RootElement.TryGetProperty("cnf", out _), token.KeyThumbprint is not null);
            Assert.InRange(token.Subject.Length, 1, 255);
        }

        Assert.InRange(accepted, Mutator.Count / 200, Mutator.Count);
    }
}

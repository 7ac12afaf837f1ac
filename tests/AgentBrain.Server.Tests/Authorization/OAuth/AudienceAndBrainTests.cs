using System.Text.Json.Nodes;
using AgentBrain.Server.Tests.Hosting;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>A token is for one brain (RFC 8707 §2, RFC 9068 §3, SR-02), and its user must be entitled to it (SR-01).</summary>
public sealed class AudienceAndBrainTests(World world) : IClassFixture<World>
{
    private static readonly Rows Cases = new()
    {
        { "RFC 9068 §4", "the audience in a list of one", Expect.Accepted, static (attempt, world) => attempt.Claims = claims => claims["aud"] = new JsonArray(world.ResourceOf("default")) },
        { "RFC 9068 §4", "the audience beside one that is not ours", Expect.Accepted, static (attempt, world) => attempt.Claims = claims => claims["aud"] = new JsonArray("https://other.example", world.ResourceOf("default")) },
        { "RFC 7519 §4.1.3", "the same audience twice", Expect.Accepted, static (attempt, world) => attempt.Claims = claims => claims["aud"] = new JsonArray(world.ResourceOf("default"), world.ResourceOf("default")) },
        { "RFC 9068 §4", "no aud", Expect.BadToken("wrong_audience"), static attempt => attempt.Claims = static claims => claims.Remove("aud") },
        { "RFC 9068 §4", "an empty list", Expect.BadToken("wrong_audience"), static attempt => attempt.Claims = static claims => claims["aud"] = new JsonArray() },
        { "RFC 9068 §4", "aud null", Expect.BadToken("wrong_audience"), static attempt => attempt.Claims = static claims => claims["aud"] = null },
        { "RFC 9068 §4", "another server's", Expect.BadToken("wrong_audience"), static attempt => attempt.Audience = "https://other.example/mcp" },
        { "RFC 9068 §4", "the client's id: an ID token's audience", Expect.BadToken("wrong_audience"), static attempt => attempt.Audience = "client" },
        { "RFC 9068 §4", "the issuer", Expect.BadToken("wrong_audience"), static (attempt, world) => attempt.Audience = world.Issuer.Url },
        { "RFC 8707 §2", "another brain", Expect.BadToken("wrong_audience"), static (attempt, world) => attempt.Audience = world.ResourceOf(World.Finance) },
        { "RFC 8707 §2", "two of our brains", Expect.BadToken("ambiguous_audience"), static (attempt, world) => attempt.Claims = claims => claims["aud"] = new JsonArray(world.ResourceOf("default"), world.ResourceOf(World.Finance)) },
        { "RFC 8707 §2", "two of our brains, in the other order", Expect.BadToken("ambiguous_audience"), static (attempt, world) => attempt.Claims = claims => claims["aud"] = new JsonArray(world.ResourceOf(World.Finance), world.ResourceOf("default")) },
        { "RFC 8707 §2", "a slash behind it", Expect.BadToken("wrong_audience"), static (attempt, world) => attempt.Audience = world.ResourceOf("default") + "/" },
        { "RFC 8707 §2", "the path in upper case", Expect.BadToken("wrong_audience"), static (attempt, world) => attempt.Audience = world.Brain.Url + "MCP" },
        { "RFC 8707 §2", "the scheme in upper case", Expect.BadToken("wrong_audience"), static (attempt, world) => attempt.Audience = world.ResourceOf("default").Replace("http:", "HTTP:", StringComparison.Ordinal) },
        { "RFC 8707 §2", "the host by another name", Expect.BadToken("wrong_audience"), static (attempt, world) => attempt.Audience = world.ResourceOf("default").Replace("127.0.0.1", "localhost", StringComparison.Ordinal) },
        { "RFC 8707 §2", "the server without a path", Expect.BadToken("wrong_audience"), static (attempt, world) => attempt.Audience = world.Brain.Url.ToString() },
        { "RFC 8707 §2", "a query behind it", Expect.BadToken("wrong_audience"), static (attempt, world) => attempt.Audience = world.ResourceOf("default") + "?x" },
        { "RFC 8707 §2", "a percent-encoding in it", Expect.BadToken("wrong_audience"), static (attempt, world) => attempt.Audience = world.Brain.Url + "%6Dcp" },
        { "RFC 9068 §4", "aud that is a number", Expect.BadToken("token_claims"), static attempt => attempt.Claims = static claims => claims["aud"] = 7 },
        { "SR-63", "a brain that does not exist, with its own audience", Expect.BadToken("wrong_audience"), static attempt => (attempt.Path, attempt.Audience) = ("/brains/nothing/mcp", attempt.Uri.Replace("/mcp", "/brains/nothing/mcp", StringComparison.Ordinal)) },
        { "SR-63", "a brain that does not exist, with another's audience", Expect.BadToken("wrong_audience"), static attempt => attempt.Path = "/brains/nothing/mcp" },
        { "SR-36", "an issuer that may not give tokens for this brain", Expect.BadToken("brain_not_of_issuer"), static (attempt, world) => attempt.Issuer = world.Second },
        { "SR-36", "that issuer's token for the brain that it may", Expect.Accepted, static (attempt, world) => (attempt.Issuer, attempt.Brain) = (world.Second, World.Finance) },
        { "SR-01", "a user without any access", Expect.NotEntitled, static attempt => attempt.Subject = "mallory" },
        { "SR-01", "a user of another brain alone", Expect.NotEntitled, static attempt => attempt.Subject = "bob" },
        { "SR-01", "a user whose name differs by case", Expect.NotEntitled, static attempt => attempt.Subject = "Alice" },
        { "SR-01", "the same name at another issuer", Expect.NotEntitled, static (attempt, world) => (attempt.Issuer, attempt.Brain, attempt.Subject) = (world.Second, World.Finance, "bob") },
        { "RFC 9068 §2.2", "a client that acts for itself, with access as a client", Expect.Accepted, static attempt => (attempt.Subject, attempt.Claims) = ("robot", static claims => claims["client_id"] = "robot") },
        { "RFC 9068 §5", "a user of that client", Expect.NotEntitled, static attempt => (attempt.Subject, attempt.Claims) = ("mallory", static claims => claims["client_id"] = "robot") },
    };

    public static TheoryData<string, string> Each => Cases.InEveryGeneration();

    public static TheoryData<string, string> Methods
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var method in ScopeTable.Requests.Keys.Append("tools/call").Append("tasks/list").Order(StringComparer.Ordinal))
            {
                foreach (var generation in Rows.Generations)
                    data.Add(method, generation);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Each))]
    public Task A_token_is_for_exactly_one_brain_and_for_who_may_use_it(string row, string generation) => Cases.Run(world, row, generation);

    /// <summary>Whatever bob asks for on alice's brain, with every scope in his token, he is not told what would help, as nothing would.</summary>
    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_user_of_the_other_brain_may_do_nothing_here(string method, string generation)
    {
        var reply = await new Attempt(world)
        {
            Subject = "bob", Method = method, Scope = string.Join(' ', ScopeSetText.Vocabulary), Session = await world.SessionOf("default", generation),
        }.Send(generation);

        Assert.Equal(Expect.NotEntitled, reply.Shape);
        Assert.DoesNotContain("www-authenticate", reply.Headers.Select(header => header.Key));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task Nor_with_another_verb(string verb)
    {
        var reply = await new Attempt(world) { Subject = "bob", Verb = verb, Session = await world.SessionOf("default", Messages.Legacy), Scope = "agent-brain:read agent-brain:subscribe" }.Send(Messages.Legacy);

        Assert.Equal(Expect.NotEntitled, reply.Shape);
    }

    /// <summary>What was found right at A is remembered for A: at B the same token is judged anew (SR-03).</summary>
    [Theory]
    [InlineData("default", World.Finance)]
    [InlineData(World.Finance, "default")]
    [InlineData("default", "plain")]
    public async Task A_token_that_is_warm_at_one_brain_is_refused_at_another(string warm, string other)
    {
        var token = new Attempt(world) { Brain = warm }.Token;
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(Expect.Accepted, (await new Attempt(world) { Brain = warm, Token = token }.Send(Messages.Modern)).Shape);
            Assert.StartsWith("401 wrong_audience Bearer:invalid_token", (await new Attempt(world) { Brain = other, Token = token }.Send(Messages.Modern)).Shape);
        }

        Assert.Equal(Expect.Accepted, (await new Attempt(world) { Brain = warm, Token = token }.Send(Messages.Modern)).Shape);
    }

    /// <summary>Entitlement, scopes and binding are asked each time, not only when the token is new.</summary>
    [Fact]
    public async Task A_warm_token_is_held_to_everything_that_a_cold_one_is()
    {
        var attempt = new Attempt(world) { Claims = static claims => claims["exp"] = claims["iat"]!.GetValue<long>() + 10 };
        Assert.Equal(Expect.Accepted, (await attempt.Send(Messages.Modern)).Shape);
        var bound = new Attempt(world) { Scheme = "DPoP" };
        Assert.Equal(Expect.Accepted, (await bound.Send(Messages.Modern)).Shape);

        var asBearer = await new Attempt(world) { Token = bound.Token }.Send(Messages.Modern);
        var withAnotherKey = await new Attempt(world) { Token = bound.Token, Scheme = "DPoP" }.Send(Messages.Modern);
        var tooMuch = await new Attempt(world) { Token = new Attempt(world).Token, Tool = "remove_folder" }.Send(Messages.Modern);
        world.Time.Advance(TimeSpan.FromSeconds(41));
        var expired = await attempt.Send(Messages.Modern);

        Assert.Equal(Expect.BadToken("token_is_bound"), asBearer.Shape);
        Assert.Equal(Expect.BadProof("proof_binding"), withAnotherKey.Shape);
        Assert.Equal(Expect.Scope, tooMuch.Shape);
        Assert.Equal(Expect.BadToken("token_expired"), expired.Shape);
    }

    [Theory]
    [InlineData("/MCP")]
    [InlineData("/mcp/")]
    [InlineData("/brains/Finance/mcp")]
    [InlineData("/brains/FINANCE/mcp")]
    [InlineData("/brains/finance/mcp/")]
    [InlineData("/brains/finance/MCP")]
    [InlineData("/Brains/finance/mcp")]
    [InlineData("/brains//mcp")]
    [InlineData("/brains/-x/mcp")]
    [InlineData("/brains/finance")]
    [InlineData("//mcp")]
    public async Task Another_spelling_of_a_brain_is_not_there(string path)
    {
        foreach (var brain in new[] { "default", World.Finance })
        {
            var reply = await new Attempt(world) { Path = path, Brain = brain }.Send(Messages.Modern);

            Assert.Equal("404 -", reply.Shape);
        }
    }

    [Fact]
    public async Task A_brain_that_does_not_exist_looks_like_one_to_strangers_and_to_tokens_of_others()
    {
        static string Blind(Reply reply, string brain) =>
            string.Join('\n', reply.Headers.OrderBy(header => header.Key, StringComparer.Ordinal).Where(header => header.Key is not "date").SelectMany(header => header.Select(value => $"{header.Key}: {value}")))
                .Replace(brain, "NAME", StringComparison.Ordinal) + "\n" + reply.Shape + "\n" + reply.Body;

        foreach (var verb in new[] { "POST", "GET", "DELETE", "OPTIONS", "PUT" })
        {
            foreach (var authorization in new Func<string, string[]>?[] { static _ => [], static _ => ["Bearer junk.junk.junk"], null })
            {
                var known = await new Attempt(world) { Path = "/brains/finance/mcp", Verb = verb, Authorization = authorization }.Send(Messages.Legacy);
                var unknown = await new Attempt(world) { Path = "/brains/nothing/mcp", Verb = verb, Authorization = authorization }.Send(Messages.Legacy);

                Assert.Equal(Blind(known, World.Finance), Blind(unknown, "nothing"));
            }
        }
    }
}

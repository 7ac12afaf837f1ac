using AgentBrain.Server.Tests.Hosting;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>How a token is presented (RFC 6750, RFC 9449 §7), whatever is in it.</summary>
public sealed class BearerMatrix(World world) : IClassFixture<World>
{
    private static readonly Rows Cases = new()
    {
        { "RFC 6750 §2.1", "a good token", Expect.Accepted, static _ => { } },
        { "RFC 9110 §11.1", "the scheme in lower case", Expect.Accepted, static attempt => attempt.Scheme = "bearer" },
        { "RFC 9110 §11.1", "the scheme in upper case", Expect.Accepted, static attempt => attempt.Scheme = "BEARER" },
        { "RFC 9110 §11.4", "several spaces before the token", Expect.Accepted, static attempt => attempt.Authorization = static token => ["Bearer   " + token] },
        { "RFC 9449 §7.1", "a good bound token and its proof", Expect.Accepted, static attempt => attempt.Scheme = "DPoP" },
        { "RFC 9110 §11.1", "the scheme dpop in lower case", Expect.Accepted, static attempt => attempt.Scheme = "dpop" },
        { "RFC 9449 §7.1", "an unbound token as Bearer with a proof that nobody asked for", Expect.Accepted, static attempt => attempt.Proofs = static proof => [proof] },
        { "RFC 6750 §3.1", "no Authorization header", Expect.Stranger(), static attempt => attempt.Authorization = static _ => [] },
        { "RFC 9449 §7.2", "a proof and no token", Expect.Stranger(), static attempt => (attempt.Authorization, attempt.Proofs) = (static _ => [], static proof => [proof]) },
        { "RFC 9700 §4.3.2", "the token in the query", Expect.Stranger(), static attempt => (attempt.Authorization, attempt.Query) = (static _ => [], "?access_token=" + attempt.Token) },
        { "RFC 9700 §4.3.2", "the token in the query, by another name", Expect.Stranger(), static attempt => (attempt.Authorization, attempt.Query) = (static _ => [], "?token=" + attempt.Token) },
        { "RFC 6750 §2.3", "a good token in the header and junk in the query, which nobody reads", Expect.Accepted, static attempt => attempt.Query = "?access_token=junk" },
        { "RFC 6750 §2.2", "the token in the body", Expect.Stranger(), static attempt => (attempt.Authorization, attempt.Body) = (static _ => [], $$"""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{},"access_token":"{{attempt.Token}}"}""") },
        { "RFC 6750 §2.2", "the token in the parameters of the call", Expect.Stranger(), static attempt => (attempt.Authorization, attempt.Body) = (static _ => [], $$$$"""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"authorization":"Bearer {{{{attempt.Token}}}}"}}}""") },
        { "RFC 6265 §4.2", "the token in a cookie", Expect.Stranger(), static attempt => { attempt.Authorization = static _ => []; attempt.Headers["Cookie"] = "access_token=" + attempt.Token; } },
        { "RFC 9110 §11.7.2", "the token as the proxy's", Expect.Stranger(), static attempt => { attempt.Authorization = static _ => []; attempt.Headers["Proxy-Authorization"] = "Bearer " + attempt.Token; } },
        { "RFC 6750 §2", "two Authorization headers with the same token", Expect.Syntax, static attempt => attempt.Authorization = static token => ["Bearer " + token, "Bearer " + token] },
        { "RFC 6750 §2", "two Authorization headers, the good one first", Expect.Syntax, static attempt => attempt.Authorization = static token => ["Bearer " + token, "Bearer junk"] },
        { "RFC 6750 §2", "two Authorization headers, the good one last", Expect.Syntax, static attempt => attempt.Authorization = static token => ["Basic YTpi", "Bearer " + token] },
        { "RFC 9449 §7.1", "two Authorization headers with both schemes", Expect.Syntax, static attempt => (attempt.Bound, attempt.Authorization, attempt.Proofs) = (true, static token => ["Bearer " + token, "DPoP " + token], static proof => [proof]) },
        { "RFC 9110 §5.3", "two tokens in one header", Expect.Syntax, static attempt => attempt.Authorization = static token => [$"Bearer {token}, Bearer {token}"] },
        { "RFC 6750 §2.1", "an empty Authorization header", Expect.Syntax, static attempt => attempt.Authorization = static _ => [""] },
        { "RFC 6750 §2.1", "the scheme alone", Expect.Syntax, static attempt => attempt.Authorization = static _ => ["Bearer"] },
        { "RFC 6750 §2.1", "a token and more behind it", Expect.Syntax, static attempt => attempt.Authorization = static token => [$"Bearer {token} x"] },
        { "RFC 6750 §2.1", "a tab instead of a space", Expect.Syntax, static attempt => attempt.Authorization = static token => ["Bearer\t" + token] },
        { "RFC 6750 §2.1", "a token in quotes", Expect.Syntax, static attempt => attempt.Authorization = static token => [$"Bearer \"{token}\""] },
        { "RFC 6750 §2.1", "a token as a parameter", Expect.Syntax, static attempt => attempt.Authorization = static token => [$"Bearer token=\"{token}\""] },
        { "RFC 6750 §2.1", "padding in the middle", Expect.Syntax, static attempt => attempt.Authorization = static token => [$"Bearer ={token}"] },
        { "RFC 9110 §5.4", "a token of more than 8 KiB", Expect.Syntax, static attempt => attempt.Authorization = static _ => ["Bearer " + new string('a', 8193)] },
        { "RFC 9110 §11.1", "the scheme Basic", Expect.Stranger("wrong_scheme"), static attempt => attempt.Authorization = static _ => ["Basic YWxpY2U6c2VjcmV0"] },
        { "RFC 9110 §11.1", "a scheme that does not exist", Expect.Stranger("wrong_scheme"), static attempt => attempt.Authorization = static token => ["Token " + token] },
        { "RFC 9110 §11.1", "a token without a scheme, which could be a scheme's name", Expect.Stranger("wrong_scheme"), static attempt => attempt.Authorization = static _ => ["opaque-token"] },
        { "RFC 9110 §11.1", "a JWT without a scheme", Expect.Syntax, static attempt => attempt.Authorization = static token => [token] },
        { "RFC 9449 §7.1", "a bound token as Bearer", Expect.BadToken("token_is_bound"), static attempt => attempt.Bound = true },
        { "RFC 9449 §7.1", "a bound token as Bearer, with its good proof", Expect.BadToken("token_is_bound"), static attempt => (attempt.Bound, attempt.Proofs) = (true, static proof => [proof]) },
        { "RFC 9449 §7.1", "an unbound token as DPoP, with a proof of one's own", Expect.BadBoundToken("token_is_unbound"), static attempt => (attempt.Scheme, attempt.Bound) = ("DPoP", false) },
        { "RFC 9449 §7.1", "a junk token as DPoP with a good proof", Expect.BadBoundToken("token_signature"), static attempt => (attempt.Scheme, attempt.Rewrite) = ("DPoP", Bends.BreakSignature) },
    };

    public static TheoryData<string, string> Each => Cases.InEveryGeneration();

    [Theory]
    [MemberData(nameof(Each))]
    public Task A_token_counts_only_where_and_how_it_may_be_presented(string row, string generation) => Cases.Run(world, row, generation);

    [Theory]
    [InlineData("POST")]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task Every_verb_asks_for_the_token_and_refuses_a_bound_one_as_Bearer(string verb)
    {
        var session = await world.SessionOf("default", Messages.Legacy);

        var stranger = await new Attempt(world) { Verb = verb, Session = session, Authorization = static _ => [] }.Send(Messages.Legacy);
        var thief = await new Attempt(world) { Verb = verb, Session = session, Bound = true }.Send(Messages.Legacy);

        Assert.Equal(Expect.Stranger(), stranger.Shape);
        Assert.Equal(Expect.BadToken("token_is_bound"), thief.Shape);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("HEAD")]
    [InlineData("TRACE")]
    public async Task Other_verbs_are_not_there_with_a_token_or_without(string verb)
    {
        foreach (var authorization in new Func<string, string[]>?[] { null, static _ => [] })
        {
            var reply = await new Attempt(world) { Verb = verb, Authorization = authorization }.Send(Messages.Modern);

            Assert.Equal(405, reply.Status);
            Assert.Equal("GET|POST|DELETE|OPTIONS", string.Join("|", reply.Headers["allow"].SelectMany(value => value.Split(", "))));
            Assert.Empty(reply.Challenges);
        }
    }
}

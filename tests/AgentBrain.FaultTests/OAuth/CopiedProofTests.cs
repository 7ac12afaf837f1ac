using System.Diagnostics;
using AgentBrain.FaultTests.Support;

namespace AgentBrain.FaultTests.OAuth;

/// <summary>A proof is worth one request (RFC 9449 §11.1), on however many servers its copies arrive, and whatever happens to these.</summary>
[Collection(nameof(Undisturbed))]
public sealed class CopiedProofTests(ITestOutputHelper output)
{
    private const int Rounds = 1_000;
    private const int MostDisturbed = Rounds / 20;

    [Fact]
    public async Task Of_64_copies_at_once_over_two_servers_exactly_one_is_accepted_in_each_of_1000_rounds()
    {
        await using var deployment = await Deployment.WithRedisAsync();
        var first = await deployment.StartServerAsync("first");
        var second = await deployment.StartServerAsync("second");
        using var volley = await Volley.AimAsync(first, second);
        var token = deployment.BoundToken();
        var nonces = Array.Empty<string?>();
        var byFirst = 0;
        var clock = Stopwatch.StartNew();
        var disturbed = 0;
        for (var round = 0; round < Rounds; round++)
        {
            // Of both servers in turn: each takes the other's.
            if (round % 100 == 0)
                nonces = [await deployment.NonceAsync(first, token), await deployment.NonceAsync(second, token)];

            var salvo = await volley.FireAsync(deployment.Call(token, nonces[round % 2]));

            Assert.True(salvo.Accepted <= 1, $"Round {round}: {salvo}");
            Assert.All(salvo.Refused, reply => Assert.True(reply is { Status: 401, Reason: Reasons.ProofReplayed } || reply.IsNoAnswerOfRedis, $"Round {round}: {salvo}"));
            if (salvo.Refused.Any(reply => reply.IsNoAnswerOfRedis))
            {
                // The machine stood still for longer than Redis is given. The round does not count.
                Assert.True(++disturbed <= MostDisturbed, $"{disturbed} of {round + 1} rounds were disturbed, the last: {salvo}");
                round--;
                continue;
            }

            Assert.True(salvo.Accepted == 1, $"Round {round}: {salvo}");
            byFirst += salvo.First.Count(reply => reply.IsAccepted);
        }

        output.WriteLine($"{Rounds} rounds in {clock.Elapsed.TotalSeconds:F1} s; the first server accepted {byFirst}; {disturbed} more rounds were disturbed");
        Assert.InRange(byFirst, Rounds / 20, Rounds - (Rounds / 20));
    }

    [Fact]
    public async Task Redis_emptied_amid_the_copies_lets_no_second_one_in()
    {
        const int Flushes = 100;
        await using var deployment = await Deployment.WithRedisAsync();
        var first = await deployment.StartServerAsync("first");
        var second = await deployment.StartServerAsync("second");
        using var volley = await Volley.AimAsync(first, second);
        var token = deployment.BoundToken();
        var between = 0;
        for (var round = 0; round < Flushes; round++)
        {
            var request = deployment.Call(token, await deployment.NonceAsync(round % 2 == 0 ? first : second, token));

            var salvo = await volley.FireAsync(request, async () => Assert.Equal("+OK", await deployment.Redis!.SendAsync("FLUSHALL")));
            var again = await volley.FireAsync(request);

            Assert.True(salvo.Accepted <= 1, $"Round {round}: {salvo}");
            Assert.All(salvo.Refused, reply => Assert.True(reply is { Status: 401, Reason: Reasons.ProofReplayed or Reasons.ProofNonce } || reply.IsNoAnswerOfRedis, $"{reply}"));
            Assert.All(again.All, reply => Assert.True(reply is { Status: 401, Reason: Reasons.ProofNonce, Nonce: not null } || reply.IsNoAnswerOfRedis, $"{reply}"));
            between += salvo.Accepted == 1 && salvo.All.Any(reply => reply.Reason == Reasons.ProofNonce) ? 1 : 0;
        }

        output.WriteLine($"{between} of {Flushes} times one was accepted before Redis was emptied, and others came after");
        Assert.True(between > 0, "Redis was never emptied amid the copies, so this shows nothing.");
    }

    [Fact]
    public async Task A_server_killed_amid_the_copies_remembers_them_when_it_is_back()
    {
        await using var deployment = await Deployment.WithRedisAsync();
        var first = await deployment.StartServerAsync("first");
        var second = await deployment.StartServerAsync("second");
        var token = deployment.BoundToken();
        foreach (var delay in new[] { 0, 4, 8, 16 })
        {
            var request = deployment.Call(token, await deployment.NonceAsync(second, token));
            using (var volley = await Volley.AimAsync(first, second))
            {
                var salvo = await volley.FireAsync(request, () => KillAsync(second, delay));
                output.WriteLine($"killed after {delay} ms: first {salvo with { Second = [] }}; second {salvo with { First = [] }}");
                Assert.True(salvo.Accepted <= 1, $"{salvo}");
            }

            second = await deployment.StartServerAsync("second");
            using var after = await Volley.AimAsync(first, second);
            var again = await after.FireAsync(request);
            Assert.All(again.All, reply => Assert.True(reply is { Status: 401, Reason: Reasons.ProofReplayed } || reply.IsNoAnswerOfRedis, $"{reply}"));
        }
    }

    [Fact]
    public async Task After_Redis_was_emptied_an_accepted_proof_needs_a_nonce_and_a_new_proof_with_it_is_accepted()
    {
        await using var deployment = await Deployment.WithRedisAsync();
        var first = await deployment.StartServerAsync("first");
        var second = await deployment.StartServerAsync("second");
        var token = deployment.BoundToken();
        var request = deployment.Call(token, await deployment.NonceAsync(first, token));
        Assert.True((await Deployment.SendAsync(first, request)).IsAccepted);
        Assert.Equal(Reasons.ProofReplayed, (await Deployment.SendAsync(second, request)).Reason);

        Assert.Equal("+OK", await deployment.Redis!.SendAsync("FLUSHALL"));

        foreach (var server in new[] { second, first, second })
        {
            var refused = await Deployment.SendAsync(server, request);
            Assert.Equal((401, Reasons.ProofNonce), (refused.Status, refused.Reason));
            Assert.Contains("use_dpop_nonce", refused.Head, StringComparison.Ordinal);
            foreach (var other in new[] { first, second })
                Assert.True((await Deployment.SendAsync(other, deployment.Call(token, refused.Nonce))).IsAccepted);
        }
    }

    [Fact]
    public async Task After_a_kill_a_server_that_remembers_by_itself_asks_proofs_from_before_for_a_nonce()
    {
        await using var deployment = await Deployment.AloneAsync();
        var server = await deployment.StartServerAsync("alone");
        var token = deployment.BoundToken();
        var nonce = await deployment.NonceAsync(server, token);
        var accepted = deployment.Call(token, nonce);
        Assert.True((await Deployment.SendAsync(server, accepted)).IsAccepted);
        Assert.Equal(Reasons.ProofReplayed, (await Deployment.SendAsync(server, accepted)).Reason);
        byte[][] early = [accepted, deployment.Call(token, nonce), deployment.Call(token, null)];

        await server.KillAsync();
        server = await deployment.StartServerAsync("alone");

        foreach (var request in early)
        {
            var refused = await Deployment.SendAsync(server, request);
            Assert.Equal((401, Reasons.ProofNonce), (refused.Status, refused.Reason));
            Assert.True((await Deployment.SendAsync(server, deployment.Call(token, refused.Nonce))).IsAccepted);
        }
    }

    private static async Task KillAsync(ServerProcess server, int delay)
    {
        await Task.Delay(delay);
        await server.KillAsync();
    }
}

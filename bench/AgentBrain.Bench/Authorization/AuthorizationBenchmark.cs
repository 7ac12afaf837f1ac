using System.Diagnostics;

namespace AgentBrain.Bench.Authorization;

/// <summary>What each way to prove who calls costs, side by side: beside a call that does next to nothing, and beside a search.</summary>
internal static class AuthorizationBenchmark
{
    private const int Keys = 4;

    public static async Task RunAsync(Report report)
    {
        report.Section("Authorization: one server process for each mode, over loopback");
        await using var servers = await AuthorizationServers.StartAsync();
        report.Figure("chunks in each index", servers.Chunks, "");
        BenchKey[] memoryKeys = [.. Enumerable.Range(0, Keys).Select(_ => new BenchKey(servers.Issuer, servers.Memory.Mcp.AbsoluteUri))];
        BenchKey[] redisKeys = [.. Enumerable.Range(0, Keys).Select(_ => new BenchKey(servers.Issuer, servers.Shared.Mcp.AbsoluteUri))];
        try
        {
            var count = BenchClient.Message("query_count", "{}");
            await OutliveNoncesAsync(servers.Memory, memoryKeys[0], count);
            await OutliveNoncesAsync(servers.Shared, redisKeys[0], count);
            Leg[] legs = [.. Legs(servers), Bound("DPoP, memory", servers.Memory, memoryKeys), Bound("DPoP, Redis", servers.Shared, redisKeys) with { Redis = servers.Redis, Budget = 0.60 }];
            var table = new LegTable(report, "query_count", legs);
            await table.RunAsync(8, 4_000, _ => count);
            await table.RunAsync(1, 1_000, _ => count);
            await SearchAsync(report, [legs[0], legs[2] with { Budget = null }, Bound("DPoP, Redis", servers.Shared, redisKeys) with { Redis = servers.Redis, Budget = 0.90 }]);
        }
        finally
        {
            foreach (var key in memoryKeys.Concat(redisKeys))
                key.Dispose();
        }
    }

    private static IEnumerable<Leg> Legs(AuthorizationServers servers)
    {
        var (issuer, audience) = (servers.Issuer, servers.Memory.Mcp.AbsoluteUri);
        var token = issuer.Token(audience);
        yield return new Leg("anonymous", servers.None, static () => new Credentials());
        yield return new Leg("basic", servers.Basic, () => new Credentials("Bearer " + servers.Secret));
        yield return new Leg("bearer, cached", servers.Memory, () => new Credentials("Bearer " + token)) { Budget = 0.95 };
        yield return new Leg("bearer, not cached", servers.Memory, () => new Credentials("Bearer " + issuer.Token(audience))) { Budget = 0.85 };
        yield return new Leg("the same with RS256", servers.Memory, () => new Credentials("Bearer " + issuer.Token(audience, isRsa: true)));
    }

    /// <summary>Clients with a key and a cached token each, and a proof for each call.</summary>
    private static Leg Bound(string name, BenchServer server, BenchKey[] keys)
    {
        var turn = 0;
        return new Leg(name, server, () =>
        {
            var key = keys[turn++ % keys.Length];
            return new Credentials("DPoP " + key.Token, key.Proof());
        });
    }

    /// <summary>Three words as people write them, another query with every call, so that no answer is remembered.</summary>
    private static async Task SearchAsync(Report report, Leg[] legs)
    {
        foreach (var (connections, calls) in ((int, int)[])[(8, 1_500), (1, 500)])
        {
            var corpus = new Corpus(100 + connections);
            var messages = Enumerable.Range(0, LegTable.Messages(calls))
                .Select(_ => BenchClient.Message("search_documents", $$"""{"query":"{{corpus.Query(3)}}","mode":"bm25"}"""))
                .ToList();
            await new LegTable(report, "search_documents", legs).RunAsync(connections, calls, number => messages[number]);
        }
    }

    /// <summary>For a minute and a half a new store asks for a nonce, which no client of a server that has run for longer needs.</summary>
    private static async Task OutliveNoncesAsync(BenchServer server, BenchKey key, byte[] message)
    {
        using var client = new BenchClient(server.Mcp, "query_count", 1);
        var started = Stopwatch.GetTimestamp();
        while (!await client.IsGrantedAsync(new Credentials("DPoP " + key.Token, key.Proof()), message))
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(3))
                throw new InvalidOperationException("The server grants no call with a proof.");

            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }
}

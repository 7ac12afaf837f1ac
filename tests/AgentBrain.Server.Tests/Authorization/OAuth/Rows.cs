using System.Collections;
using AgentBrain.Server.Tests.Hosting;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>A part of the matrix. Each row runs in every generation of the protocol.</summary>
internal sealed class Rows : IEnumerable<Row>
{
    /// <summary>The stateless one, and two with sessions.</summary>
    public static readonly string[] Generations = [Messages.Modern, "2025-11-25", Messages.Legacy];

    private readonly Dictionary<string, Row> rows = new(StringComparer.Ordinal);

    public void Add(string section, string sent, string expected, Action<Attempt> bend) => Add(section, sent, expected, (attempt, _) => bend(attempt));

    public void Add(string section, string sent, string expected, Action<Attempt, World> bend)
    {
        var row = new Row(section, sent, expected, bend);
        rows.Add(row.ToString(), row);
    }

    public TheoryData<string, string> InEveryGeneration()
    {
        var data = new TheoryData<string, string>();
        foreach (var row in rows.Keys)
        {
            foreach (var generation in Generations)
                data.Add(row, generation);
        }

        return data;
    }

    /// <summary>Sends a row's request: what is to be accepted must run, what is to be refused must not.</summary>
    public async Task Run(World world, string name, string generation, Action<Attempt>? start = null)
    {
        var row = rows[name];
        var attempt = new Attempt(world);
        start?.Invoke(attempt);
        row.Bend(attempt, world);
        var isAccepted = row.Expected == Expect.Accepted;
        if (generation != Messages.Modern)
            attempt.Session ??= isAccepted || row.Expected == Expect.Scope ? await attempt.OpenSession(generation) : await world.SessionOf("default", generation);
        var before = world.Brain.Log.Calls.Count;

        var reply = await attempt.Send(generation);

        Assert.True(row.Expected == reply.Shape, $"{row}\nexpected {row.Expected}\nbut was  {reply.Shape}\n{reply.Body}");
        Assert.Equal(before + (isAccepted ? 1 : 0), world.Brain.Log.Calls.Count);
        if (reply.Status is 200 or 401 or 403)
            Assert.Contains("no-store", reply.Header("Cache-Control"));
    }

    public IEnumerator<Row> GetEnumerator() => rows.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>One case of the matrix.</summary>
/// <param name="Section">What of which specification says so.</param>
/// <param name="Sent">What is sent.</param>
/// <param name="Expected">The shape of the answer.</param>
/// <param name="Bend">Makes the honest request this one.</param>
internal sealed record Row(string Section, string Sent, string Expected, Action<Attempt, World> Bend)
{
    public override string ToString() => $"{Section}: {Sent}";
}

/// <summary>Shapes of answers. The error is in the challenge of the scheme that was used and in no other; Bearer comes first.</summary>
internal static class Expect
{
    public const string Accepted = "200 -";

    /// <summary>RFC 6750 §3.1: no error for who came without credentials.</summary>
    public static string Stranger(string reason = "no_credentials") => $"401 {reason} Bearer: DPoP:";

    public static string BadToken(string reason) => $"401 {reason} Bearer:invalid_token DPoP:";

    public static string BadBoundToken(string reason) => $"401 {reason} Bearer: DPoP:invalid_token";

    public static string BadProof(string reason) => $"401 {reason} Bearer: DPoP:invalid_dpop_proof";

    public const string NeedsNonce = "401 proof_nonce Bearer: DPoP:use_dpop_nonce";

    public const string Syntax = "400 authorization_syntax";

    public const string Scope = "403 insufficient_scope Bearer:insufficient_scope DPoP:";

    public const string NotEntitled = "403 not_entitled";
}

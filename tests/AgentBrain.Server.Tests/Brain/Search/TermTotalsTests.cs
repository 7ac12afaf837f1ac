using AgentBrain.Server.Brains.Search;
using AgentBrain.Server.Tests.Brains.Indexing;

namespace AgentBrain.Server.Tests.Brains.Search;

public sealed class TermTotalsTests
{
    [Fact]
    public async Task What_was_replaced_or_removed_does_not_weigh_on_ranks()
    {
        await using var fresh = new RunningBrain();
        await using var worn = new RunningBrain();
        foreach (var brain in new[] { fresh, worn })
        {
            for (var i = 0; i < 12; i++)
            {
                brain.Root.Write($"docs/a{i}.md", i < 4 ? "alpha common words of a page" : "common words");
            }
        }

        worn.Root.Write("other/long.md", string.Join(' ', Enumerable.Repeat("long", 400)));
        await worn.IndexAsync("root/other");
        await worn.IndexAsync("root/docs");
        await worn.IndexAsync("root/docs", force: true);
        await worn.IndexAsync("root/docs", force: true);
        worn.Brain.RemoveFolder(new("root", "other"));
        await fresh.IndexAsync("root/docs");

        Assert.Equal(Totals(fresh), Totals(worn));
        Assert.Equal(Ranks(fresh), Ranks(worn));
    }

    private static string Totals(RunningBrain brain) =>
        Convert.ToHexString(brain.Database.Read(session => session.Scalar<byte[]>("SELECT block FROM chunk_terms_data WHERE id = 1"))!);

    private static List<double> Ranks(RunningBrain brain) => brain.Database.Read(session => session.Query(
        "SELECT rank FROM chunk_terms WHERE chunk_terms MATCH $match AND rank MATCH 'bm25(1.0, 2.0)' ORDER BY rank",
        static row => Math.Round(row.Real(0), 9),
        ("$match", SearchQuery.Parse("alpha common").ToMatch())));
}

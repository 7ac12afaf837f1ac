using AgentBrain.Server.Brains;

namespace AgentBrain.Server.Tests.Brains;

public sealed class CountedTests
{
    [Theory]
    [InlineData(0, "0 files")]
    [InlineData(1, "1 file")]
    [InlineData(2, "2 files")]
    public void One_is_singular_and_all_else_is_plural(int number, string expected)
    {
        Assert.Equal(expected, Counted.Of(number, "file"));
    }

    [Fact]
    public void An_odd_plural_is_given()
    {
        Assert.Equal("2 searches", Counted.Of(2, "search", "searches"));
    }
}

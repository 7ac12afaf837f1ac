using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Tests.Brains.Files;

public sealed class RelativePathTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("a/b.md")]
    [InlineData("...")]
    [InlineData("a..b/.c")]
    [InlineData(" ")]
    public void The_canonical_form_is_accepted(string path) => Assert.True(RelativePath.IsCanonical(path, windowsRules: false));

    [Theory]
    [InlineData("a.md:stream")]
    [InlineData("a/NUL")]
    [InlineData("con.txt/a")]
    [InlineData("COM1")]
    [InlineData("lpt9.md")]
    [InlineData("com\u00b9.txt")]
    [InlineData("a.")]
    [InlineData("a /b")]
    [InlineData("a?b")]
    [InlineData("a\u0001b")]
    [InlineData("C:")]
    public void Windows_refuses_streams_devices_and_what_it_would_trim(string path) => Assert.False(RelativePath.IsCanonical(path, windowsRules: true));

    [Theory]
    [InlineData("COM")]
    [InlineData("console.md")]
    [InlineData("com10.md")]
    [InlineData("a b/c.d")]
    public void Windows_accepts_ordinary_names(string path) => Assert.True(RelativePath.IsCanonical(path, windowsRules: true));

    [Fact]
    public void A_time_in_a_name_is_fine_where_there_are_no_streams() => Assert.True(RelativePath.IsCanonical("2026-01-01T10:00.md", windowsRules: false));
}

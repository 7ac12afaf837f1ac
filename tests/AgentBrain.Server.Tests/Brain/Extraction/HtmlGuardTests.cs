using System.Text;
using AgentBrain.Server.Brains.Extraction;

namespace AgentBrain.Server.Tests.Brains.Extraction;

public sealed class HtmlGuardTests
{
    [Theory]
    [InlineData("<div>")]
    [InlineData("<SPAN class=x>")]
    [InlineData("<b>")]
    [InlineData("<custom-element>")]
    public void A_page_nested_without_end_is_refused(string tag)
    {
        Assert.False(Allows(string.Concat(Enumerable.Repeat(tag, HtmlGuard.DeepestNesting + 1))));
    }

    [Theory]
    [InlineData("<div>text</div>")]
    [InlineData("<p>a paragraph that nobody closes")]
    [InlineData("<li>an item")]
    [InlineData("<tr><td>a cell")]
    [InlineData("<br><img src=x><hr>")]
    [InlineData("a < b and b <3 c <- d ")]
    public void A_long_page_is_not_a_deep_one(string part)
    {
        Assert.True(Allows(string.Concat(Enumerable.Repeat(part, 50_000))));
    }

    private static bool Allows(string page) => HtmlGuard.Allows(Encoding.UTF8.GetBytes(page));
}

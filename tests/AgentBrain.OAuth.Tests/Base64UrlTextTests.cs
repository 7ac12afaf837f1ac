namespace AgentBrain.OAuth.Tests;

/// <summary>RFC 7515 §2 and RFC 4648 §3.5: bytes have one spelling.</summary>
public sealed class Base64UrlTextTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("AA", 1)]
    [InlineData("_w", 1)]
    [InlineData("AAA", 2)]
    [InlineData("__8", 2)]
    [InlineData("AAAA", 3)]
    [InlineData("-_-_", 3)]
    public void The_one_spelling_is_read(string text, int length)
    {
        Assert.True(Base64UrlText.TryDecode(text, out var bytes));
        Assert.Equal((length, text), (bytes.Length, Base64UrlText.Encode(bytes)));
    }

    [Theory]
    [InlineData("A")]
    [InlineData("AAAAA")]
    [InlineData("AB")]
    [InlineData("AI")]
    [InlineData("AAB")]
    [InlineData("AAC")]
    [InlineData("AA==")]
    [InlineData("AAA=")]
    [InlineData("AA%3D")]
    [InlineData("AA A")]
    [InlineData("AAAA\n")]
    [InlineData("+/+/")]
    [InlineData("AA\u0410A")]
    public void Another_spelling_is_not(string text) => Assert.False(Base64UrlText.TryDecode(text, out _));
}

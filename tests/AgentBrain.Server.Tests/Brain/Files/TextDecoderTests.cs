using System.Text;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Tests.Brains.Files;

public sealed class TextDecoderTests
{
    private const string Sample = "Grüße, 世界 🌍\r\n\tEnde\n";

    [Fact]
    public void Unicode_is_read_with_and_without_its_mark()
    {
        Assert.Equal(Sample, TextDecoder.Decode(Encoding.UTF8.GetBytes(Sample)));
        Assert.Equal(Sample, TextDecoder.Decode(Marked(Encoding.UTF8)));
        Assert.Equal(Sample, TextDecoder.Decode(Marked(Encoding.Unicode)));
        Assert.Equal(Sample, TextDecoder.Decode(Marked(Encoding.BigEndianUnicode)));
        Assert.Equal("", TextDecoder.Decode([]));
        Assert.Equal("", TextDecoder.Decode([0xef, 0xbb, 0xbf]));
    }

    [Fact]
    public void Little_damage_in_utf8_is_replaced()
    {
        byte[] damaged = [.. Encoding.UTF8.GetBytes(new string('ä', 200)), 0xff, .. "end"u8];

        Assert.Equal(new string('ä', 200) + "\ufffdend", TextDecoder.Decode(damaged));
    }

    [Fact]
    public void An_8_bit_encoding_is_read_as_windows_1252()
    {
        Assert.Equal("Straße für 5 €", TextDecoder.Decode([.. "Stra"u8, 0xdf, .. "e f"u8, 0xfc, .. "r 5 "u8, 0x80]));
        // Also if it is one byte in a long text, which would pass for little damage.
        Assert.EndsWith("é", TextDecoder.Decode([.. Encoding.ASCII.GetBytes(new string('a', 5_000)), 0xe9]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7f454c4602010100")]
    [InlineData("7465787400")]
    [InlineData("ffd8ffe0104a")]
    [InlineData("010203040506")]
    [InlineData("808182838485868788898a8b8c8d8e8f")]
    [InlineData("fffe41")]
    [InlineData("fffe41000000")]
    [InlineData("fffe000041000000")]
    [InlineData("fffe00d800d8")]
    [InlineData("6e006f0020006d00610072006b00")]
    public void What_is_not_text_is_not_decoded(string content) => Assert.Null(TextDecoder.Decode(Convert.FromHexString(content)));

    private static byte[] Marked(Encoding encoding) => [.. encoding.Preamble, .. encoding.GetBytes(Sample)];
}

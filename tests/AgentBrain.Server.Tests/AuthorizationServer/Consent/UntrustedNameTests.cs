using AgentBrain.Server.AuthorizationServer.Consent;

namespace AgentBrain.Server.Tests.AuthorizationServer.Consent;

/// <summary>Consent phishing by tricks with names (SR-32).</summary>
public sealed class UntrustedNameTests
{
    [Theory]
    [InlineData("Claude Code", "Claude Code")]
    [InlineData("  Visual Studio Code  ", "Visual Studio Code")]
    [InlineData("日本語エディタ", "日本語エディタ")]
    [InlineData("C# & friends (v2.1)", "C# & friends (v2.1)")]
    [InlineData("Ｃｌａｕｄｅ", "Claude")]
    [InlineData("𝐂𝐥𝐚𝐮𝐝𝐞 𝟜𝟚", "Claude 42")]
    [InlineData("Claude\u202Eedoc", "Claudeedoc")]
    [InlineData("Cla\u200Bu\u2060de\uFEFF", "Claude")]
    [InlineData("Claude\r\n\t verified", "Claude verified")]
    [InlineData("Claude\u2028verified", "Claude verified")]
    [InlineData("Claude\u0000\u001B[31m", "Claude[31m")]
    [InlineData("Claude” — verified “", "Claude' — verified '")]
    [InlineData("Claude\" verified", "Claude' verified")]
    [InlineData("Claude ＂verified＂", "Claude 'verified'")]
    [InlineData("Claude ✔ verified ✅", "Claude verified")]
    [InlineData("Claude \uE000", "Claude")]
    [InlineData("\u3164\u115F", null)]
    [InlineData("\u200B\u200B", null)]
    [InlineData("   ", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_name_is_shown_without_what_hides_reorders_or_imitates(string? name, string? shown) => Assert.Equal(shown, UntrustedName.Of(name));

    [Fact]
    public void A_half_character_is_left_out() => Assert.Equal("Claude", UntrustedName.Of("Cl\uD83Daude\uDE00"));

    [Fact]
    public void Marks_do_not_pile_up()
    {
        var shown = UntrustedName.Of("Z" + new string('\u0335', 50) + "algo");

        Assert.NotNull(shown);
        Assert.InRange(shown.Length, 5, 7);
    }

    [Theory]
    [InlineData(64, 64, false)]
    [InlineData(65, 64, true)]
    [InlineData(5000, 64, true)]
    public void A_name_is_cut_to_sixty_four_characters(int length, int shown, bool isCut)
    {
        var name = UntrustedName.Of(new string('a', length))!;

        Assert.Equal(shown, name.Length);
        Assert.Equal(isCut, name.EndsWith('…'));
    }
}

using AgentBrain.Server.AuthorizationServer.Owner;

namespace AgentBrain.Server.Tests.AuthorizationServer.Owner;

/// <summary>Which passwords the owner may have.</summary>
public sealed class PasswordRulesTests
{
    [Theory]
    [InlineData("violet harbour sketches nine")]
    [InlineData("gT7#mQ2!vL9$xR4")]
    [InlineData("eine Katze trinkt Mondlicht")]
    [InlineData("пятница над океаном")]
    [InlineData("lantern-orbit-pickle")]
    public void A_long_one_that_nobody_else_has_is_good(string password) => Assert.Null(PasswordRules.Judge(password));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("elevenchars")]
    [InlineData("😀😀😀😀😀😀")]
    public void A_short_one_is_not(string? password) => Assert.NotNull(PasswordRules.Judge(password));

    [Theory]
    [InlineData("1234567890123")]
    [InlineData("abcdefghijklmn")]
    [InlineData("zyxwvutsrqponm")]
    [InlineData("aaaaaaaaaaaaaaaa")]
    [InlineData("abababababababab")]
    [InlineData("qwertyuiop123456")]
    [InlineData("Password1234!")]
    [InlineData("P@ssw0rd2026!!")]
    [InlineData("passwordpassword")]
    [InlineData("!!!dragon!!!2020")]
    [InlineData("1q2w3e4r5t6y7u8i9o0p")]
    [InlineData("MonkeyMonkeyMonkey")]
    [InlineData("AgentBrain2026")]
    [InlineData("agent-brain-owner")]
    [InlineData("iloveyou12345678")]
    [InlineData("trustno1trustno1")]
    public void One_that_is_tried_first_is_not(string password) => Assert.NotNull(PasswordRules.Judge(password));

    [Fact]
    public void One_that_is_as_long_as_a_book_is_not() => Assert.NotNull(PasswordRules.Judge(string.Concat(Enumerable.Range(0, 200).Select(number => $"word{number} "))));

    [Fact]
    public void The_list_has_more_than_ten_thousand_and_refuses_each_of_its_long_ones()
    {
        var all = CommonPasswords.Read().ToList();

        Assert.True(all.Count > 10_000, $"{all.Count} passwords");
        Assert.All(all.Where(password => password.Length >= PasswordRules.MinLength), password => Assert.NotNull(PasswordRules.Judge(password)));
        Assert.All(all.Take(500), password => Assert.NotNull(PasswordRules.Judge(password + "-" + password + "-" + password)));
    }
}

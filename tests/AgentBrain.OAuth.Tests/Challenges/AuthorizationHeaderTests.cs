using AgentBrain.OAuth.Challenges;

namespace AgentBrain.OAuth.Tests.Challenges;

/// <summary>RFC 9110 §11.4, RFC 6750 §2.1, RFC 9449 §7.1.</summary>
public sealed class AuthorizationHeaderTests
{
    [Theory]
    [InlineData("Bearer abc", TokenScheme.Bearer, "abc")]
    [InlineData("bearer abc", TokenScheme.Bearer, "abc")]
    [InlineData("BEARER   abc== ", TokenScheme.Bearer, "abc==")]
    [InlineData("DPoP abc", TokenScheme.DPoP, "abc")]
    [InlineData("dpop a.b_c-d~e+f/g", TokenScheme.DPoP, "a.b_c-d~e+f/g")]
    public void One_scheme_and_one_token_are_read(string value, TokenScheme scheme, string token) =>
        Assert.Equal(new AuthorizationHeader(null, scheme, token), AuthorizationHeader.Read([value], takesDpop: true));

    [Theory]
    [InlineData("", Reasons.AuthorizationSyntax)]
    [InlineData("Bearer", Reasons.AuthorizationSyntax)]
    [InlineData("Bearer ", Reasons.AuthorizationSyntax)]
    [InlineData("Bearer\tabc", Reasons.AuthorizationSyntax)]
    [InlineData("Bearer a b", Reasons.AuthorizationSyntax)]
    [InlineData("Bearer a,Bearer b", Reasons.AuthorizationSyntax)]
    [InlineData("Bearer =abc", Reasons.AuthorizationSyntax)]
    [InlineData("Bearer a=b", Reasons.AuthorizationSyntax)]
    [InlineData("Bearer ä", Reasons.AuthorizationSyntax)]
    [InlineData("(x) abc", Reasons.AuthorizationSyntax)]
    [InlineData("Basic abc", Reasons.WrongScheme)]
    [InlineData("abc", Reasons.WrongScheme)]
    public void Anything_else_is_none(string value, string reason)
    {
        var header = AuthorizationHeader.Read([value], takesDpop: true);

        Assert.Equal(reason, header.Reason);
        Assert.Equal("", header.Token);
    }

    [Fact]
    public void No_header_is_no_credentials_and_two_are_not_one()
    {
        Assert.Equal(Reasons.NoCredentials, AuthorizationHeader.Read([], takesDpop: true).Reason);
        Assert.Equal(Reasons.AuthorizationSyntax, AuthorizationHeader.Read(["Bearer a", "Bearer a"], takesDpop: true).Reason);
        Assert.Equal(Reasons.AuthorizationSyntax, AuthorizationHeader.Read([null], takesDpop: true).Reason);
    }

    [Fact]
    public void A_scheme_that_is_not_taken_is_another_scheme() => Assert.Equal(Reasons.WrongScheme, AuthorizationHeader.Read(["DPoP abc"], takesDpop: false).Reason);

    [Fact]
    public void A_token_has_a_longest_length()
    {
        Assert.Null(AuthorizationHeader.Read(["Bearer " + new string('a', AuthorizationHeader.MaxTokenLength)], takesDpop: true).Reason);
        Assert.Equal(Reasons.AuthorizationSyntax, AuthorizationHeader.Read(["Bearer " + new string('a', AuthorizationHeader.MaxTokenLength + 1)], takesDpop: true).Reason);
    }
}

using System.Text;
using AgentBrain.OAuth.Challenges;
using AgentBrain.OAuth.Dpop;
using AgentBrain.OAuth.Tests.Tokens;

namespace AgentBrain.OAuth.Tests.Challenges;

/// <summary>Whatever a stranger writes is read without a fault, and nothing is read as a token that is none.</summary>
public sealed class AuthorizationFuzzTests
{
    private static readonly string[] Seeds =
    [
        "Bearer eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln", "DPoP abc.def-ghi_jkl~mno+pqr/stu==", "bearer  a", "Basic dXNlcjpwYXNz", "Bearer a, DPoP b", "Bearer realm=\"x\", token=y", "",
    ];

    [Fact]
    public void A_header_holds_a_token_by_its_grammar_or_none()
    {
        var mutator = new Mutator(20_261);
        for (var count = 0; count < Mutator.Count; count++)
        {
            var value = Encoding.Latin1.GetString(mutator.Mutate(Encoding.Latin1.GetBytes(Seeds[mutator.Next(Seeds.Length)])));

            var header = AuthorizationHeader.Read(mutator.Next(16) == 0 ? [value, value] : [value], takesDpop: true);

            if (header.Reason is null)
                Assert.Matches("^(?i:bearer|dpop) +[A-Za-z0-9._~+/-]+=* *\\z", value);
            else
                Assert.Equal("", header.Token);
        }
    }

    [Fact]
    public void A_challenge_is_one_line_of_its_grammar_whatever_is_missing()
    {
        foreach (var mode in Enum.GetValues<DpopMode>())
        {
            for (var scopes = ScopeSet.None; scopes <= ScopeSet.All; scopes++)
            {
                foreach (var error in new[] { null, ChallengeError.UseNonce, ChallengeError.InsufficientScope, ChallengeError.InvalidToken("The access token has expired") })
                {
                    foreach (var value in new Challenge("https://rs.example/.well-known/oauth-protected-resource/mcp", mode, ["ES256"]).Values(scopes, TokenScheme.DPoP, error))
                        Assert.Matches("^(Bearer|DPoP) ([a-z_]+=\"[\\x20\\x21\\x23-\\x5B\\x5D-\\x7E]*\")(, [a-z_]+=\"[\\x20\\x21\\x23-\\x5B\\x5D-\\x7E]*\")*\\z", value);
                }
            }
        }
    }
}

using AgentBrain.OAuth.Challenges;
using AgentBrain.OAuth.Dpop;

namespace AgentBrain.OAuth.Tests.Challenges;

/// <summary>RFC 6750 §3, RFC 9449 §7.1 and §7.2, RFC 9728 §5.1.</summary>
public sealed class ChallengeTests
{
    private const string Metadata = "https://rs.example/.well-known/oauth-protected-resource/mcp";

    [Fact]
    public void Without_credentials_there_is_no_error_and_Bearer_comes_first() =>
        Assert.Equal(
            [$"Bearer resource_metadata=\"{Metadata}\", scope=\"agent-brain:read\"", $"DPoP algs=\"ES256 RS256\", resource_metadata=\"{Metadata}\", scope=\"agent-brain:read\""],
            Of(DpopMode.Allowed).Values(ScopeSet.Read, null, null));

    [Theory]
    [InlineData(TokenScheme.Bearer, 0)]
    [InlineData(TokenScheme.DPoP, 1)]
    public void The_error_stands_in_the_challenge_of_the_scheme_that_was_used(TokenScheme used, int where)
    {
        var values = Of(DpopMode.Required).Values(ScopeSet.Read, used, ChallengeError.InvalidToken("The access token has expired"));

        Assert.Contains("error=\"invalid_token\", error_description=\"The access token has expired\"", values[where]);
        Assert.DoesNotContain("error", values[1 - where]);
        Assert.StartsWith("Bearer ", values[0]);
    }

    [Fact]
    public void Where_DPoP_is_off_it_is_not_offered() =>
        Assert.Equal([$"Bearer error=\"insufficient_scope\", error_description=\"{ChallengeError.InsufficientScope.Description}\", resource_metadata=\"{Metadata}\", scope=\"agent-brain:read agent-brain:admin\""],
            Of(DpopMode.Off).Values(ScopeSet.Admin | ScopeSet.Read, TokenScheme.Bearer, ChallengeError.InsufficientScope));

    [Fact]
    public void The_same_refusal_is_the_same_bytes() =>
        Assert.Equal(Of(DpopMode.Allowed).Values(ScopeSet.All, TokenScheme.DPoP, ChallengeError.UseNonce), Of(DpopMode.Allowed).Values(ScopeSet.All, TokenScheme.DPoP, ChallengeError.UseNonce));

    [Fact]
    public void A_proof_has_errors_of_its_own()
    {
        Assert.Contains("error=\"use_dpop_nonce\"", Of(DpopMode.Allowed).Values(ScopeSet.Read, TokenScheme.DPoP, ChallengeError.UseNonce)[1]);
        Assert.Contains("error=\"invalid_dpop_proof\"", Of(DpopMode.Allowed).Values(ScopeSet.Read, TokenScheme.DPoP, ChallengeError.InvalidProof("The proof was used before"))[1]);
    }

    private static Challenge Of(DpopMode mode) => new(Metadata, mode, ["ES256", "RS256"]);
}

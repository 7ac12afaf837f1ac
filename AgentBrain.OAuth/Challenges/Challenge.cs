using System.Collections.Immutable;
using System.Text;
using AgentBrain.OAuth.Dpop;

namespace AgentBrain.OAuth.Challenges;

/// <summary>
/// The values of <c>WWW-Authenticate</c> for one resource. Bearer comes first, with a parameter right after a space, since today's
/// clients read only so much of the header; the error stands in the challenge of the scheme that was used, and only there. The
/// same refusal is the same bytes, which clients compare to see that they go in circles.
/// </summary>
/// <param name="metadataUri">Where the resource's metadata is (RFC 9728 §5.1).</param>
/// <param name="mode">Whether the DPoP scheme is offered.</param>
/// <param name="algorithms">The algorithms that proofs may have.</param>
public sealed class Challenge(string metadataUri, DpopMode mode, ImmutableArray<string> algorithms)
{
    /// <summary>The values, one for each scheme.</summary>
    /// <param name="scopes">The scopes to ask for.</param>
    /// <param name="used">The scheme that the request used; <c>null</c> when it had no credentials.</param>
    /// <param name="error">What was wrong; <c>null</c> when the request had no credentials (RFC 6750 §3.1).</param>
    public string[] Values(ScopeSet scopes, TokenScheme? used, ChallengeError? error)
    {
        var bearer = Write(TokenScheme.Bearer, scopes, used == TokenScheme.Bearer ? error : null);
        return mode == DpopMode.Off ? [bearer] : [bearer, Write(TokenScheme.DPoP, scopes, used == TokenScheme.DPoP ? error : null)];
    }

    private string Write(TokenScheme scheme, ScopeSet scopes, ChallengeError? error)
    {
        var text = new StringBuilder(scheme == TokenScheme.Bearer ? "Bearer " : $"DPoP algs=\"{string.Join(' ', algorithms)}\", ");
        if (error is not null)
            text.Append("error=\"").Append(error.Code).Append("\", error_description=\"").Append(error.Description).Append("\", ");

        text.Append("resource_metadata=\"").Append(metadataUri).Append("\", scope=\"").Append(scopes.ToScopeText()).Append('"');
        return text.ToString();
    }
}

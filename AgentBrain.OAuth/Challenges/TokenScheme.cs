namespace AgentBrain.OAuth.Challenges;

/// <summary>The scheme of an <c>Authorization</c> header or a challenge.</summary>
public enum TokenScheme
{
    /// <summary>RFC 6750.</summary>
    Bearer,

    /// <summary>RFC 9449.</summary>
    DPoP,
}

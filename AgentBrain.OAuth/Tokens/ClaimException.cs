namespace AgentBrain.OAuth.Tokens;

/// <summary>A claim that is there and is not what it has to be. It becomes a refusal; nobody outside the rules sees it.</summary>
internal sealed class ClaimException(string reason, string detail) : Exception(detail)
{
    /// <summary>A code of <see cref="Reasons"/>.</summary>
    public string Reason => reason;
}

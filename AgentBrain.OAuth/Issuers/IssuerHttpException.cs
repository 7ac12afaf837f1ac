namespace AgentBrain.OAuth.Issuers;

/// <summary>An issuer gave no usable answer.</summary>
/// <param name="address">Whom we asked.</param>
/// <param name="problem">What was wrong with the answer.</param>
/// <param name="isUnreachable">True when there was none, so that asking for something else there would not help.</param>
internal sealed class IssuerHttpException(Uri address, string problem, bool isUnreachable = false) : Exception($"{address.GetLeftPart(UriPartial.Path)}: {problem}")
{
    /// <summary>Was there no answer at all?</summary>
    public bool IsUnreachable => isUnreachable;
}

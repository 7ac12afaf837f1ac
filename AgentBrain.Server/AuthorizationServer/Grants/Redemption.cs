namespace AgentBrain.Server.AuthorizationServer.Grants;

/// <summary>What came of a code or a refresh token that was presented, all other checks passed.</summary>
/// <param name="Verdict">How it was decided.</param>
/// <param name="RefreshToken">The refresh token to give out, where the grant has any.</param>
internal sealed record Redemption(RedemptionVerdict Verdict, string? RefreshToken = null)
{
    /// <summary>May tokens be given out?</summary>
    public bool IsGranted => Verdict is RedemptionVerdict.Redeemed or RedemptionVerdict.Repeated;
}

/// <summary>How a presentation was decided.</summary>
internal enum RedemptionVerdict
{
    /// <summary>It was the first.</summary>
    Redeemed,

    /// <summary>It came again within the leeway and got the same successor.</summary>
    Repeated,

    /// <summary>It is over, or its grant is. Nothing changed.</summary>
    Dead,

    /// <summary>The key is not the one that it is bound to. Nothing changed.</summary>
    WrongKey,

    /// <summary>It was used before, so somebody has a copy: the grant is revoked.</summary>
    Replayed,
}

/// <summary>Who presents a code or a refresh token.</summary>
/// <param name="KeyThumbprint">The key that was proved; <c>null</c> when no proof came.</param>
/// <param name="AddressPrefix">The prefix of the address.</param>
internal sealed record Presenter(string? KeyThumbprint, string AddressPrefix);

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>What the setup page shows.</summary>
/// <param name="IsReset">Is it about a new password, instead of a first one?</param>
/// <param name="Code">The link's secret as it was sent, for another try.</param>
/// <param name="Error">What was wrong with the last one.</param>
internal sealed record SetupView(bool IsReset, string? Code = null, string? Error = null)
{
    /// <summary>The title.</summary>
    public string Title => IsReset ? "Set a new password" : "Become the owner";
}

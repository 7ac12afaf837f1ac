using System.Text.Json.Nodes;
using AgentBrain.Server.AuthorizationServer.Owner;

namespace AgentBrain.Server.AuthorizationServer.Commands;

/// <summary><c>owner setup-link</c>: a new link for who is to be the owner.</summary>
/// <param name="presence">Is there an owner?</param>
/// <param name="links">Makes links.</param>
internal sealed class OwnerSetupLink(OwnerPresence presence, SetupLinks links) : IControlCommand
{
    /// <inheritdoc/>
    public CommandSyntax Syntax => CommandTable.OwnerSetupLink;

    /// <inheritdoc/>
    public async Task<CommandOutcome> RunAsync(CommandArguments arguments, CancellationToken cancellationToken)
    {
        if (presence.HasOwner)
            throw new CommandException("There is an owner already, so there is nothing to set up; for a new password run: owner reset");

        return Links.Tell(await links.IssueAsync(isReset: false), "Open this link and choose a password", []);
    }
}

/// <summary><c>owner reset</c>: the way back for an owner who lost the password, or fears that somebody has it (SR-28).</summary>
/// <param name="reset">Does it.</param>
internal sealed class OwnerResetCommand(OwnerReset reset) : IControlCommand
{
    /// <inheritdoc/>
    public CommandSyntax Syntax => CommandTable.OwnerReset;

    /// <inheritdoc/>
    public async Task<CommandOutcome> RunAsync(CommandArguments arguments, CancellationToken cancellationToken)
    {
        var keep = arguments.Has("--keep-grants");
        if (keep && arguments.Has("--revoke-grants"))
            throw arguments.Wrong("--keep-grants and --revoke-grants exclude each other");

        var link = await reset.ResetAsync(revokeGrants: !keep)
            ?? throw new CommandException("There is no owner yet, so there is nothing to reset; run: owner setup-link");
        return Links.Tell(link, "Open this link and choose a new password", [
            "All sessions are ended, and the password and all passkeys are gone.",
            keep ? "Clients keep their access; grants list shows it." : "All grants are revoked: clients have to be approved again.",
        ]);
    }
}

/// <summary>How a link is shown.</summary>
file static class Links
{
    public static CommandOutcome Tell(string link, string what, string[] before)
    {
        var minutes = (int)SetupLinks.Lifetime.TotalMinutes;
        return new CommandOutcome([.. before, $"{what}; it works once, within {minutes} minutes:", $"  {link}"], new JsonObject { ["link"] = link, ["minutes"] = minutes });
    }
}

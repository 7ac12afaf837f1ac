using System.Text.Json.Nodes;
using AgentBrain.Server.AuthorizationServer.Keys;

namespace AgentBrain.Server.AuthorizationServer.Commands;

/// <summary><c>keys list</c>: the keys that sign access tokens.</summary>
/// <param name="keys">The keys.</param>
/// <param name="sealer">Are they encrypted at rest?</param>
internal sealed class KeysList(SigningKeys keys, ISealer sealer) : IControlCommand
{
    /// <inheritdoc/>
    public CommandSyntax Syntax => CommandTable.KeysList;

    /// <inheritdoc/>
    public Task<CommandOutcome> RunAsync(CommandArguments arguments, CancellationToken cancellationToken)
    {
        var all = keys.All;
        return Task.FromResult(new CommandOutcome(
            [
                .. CommandText.Table(
                    ["kid", "state", "created", "signs from"],
                    all.Select(static key => new[] { key.Id, StateOf(key), CommandText.Time(key.CreatedAt), CommandText.Time(key.ActiveFrom) }),
                    all.Length),
                sealer.IsSealing ? "Keys are encrypted at rest." : "Keys are not encrypted at rest; the mode of the data directory is all that protects them.",
            ],
            new JsonObject
            {
                ["keys"] = new JsonArray([.. all.Select(static key => new JsonObject
                {
                    ["kid"] = key.Id,
                    ["state"] = StateOf(key),
                    ["createdAt"] = CommandText.Json(key.CreatedAt),
                    ["activeFrom"] = CommandText.Json(key.ActiveFrom),
                    ["retiredAt"] = CommandText.Json(key.RetiredAt),
                    ["compromisedAt"] = CommandText.Json(key.CompromisedAt),
                })]),
                ["encryptedAtRest"] = sealer.IsSealing,
            }));
    }

    private static string StateOf(SigningKeyInfo key) => key.State switch
    {
        SigningKeyState.Next => "next",
        SigningKeyState.Current => "current",
        SigningKeyState.Retired => "retired",
        _ => "compromised",
    };
}

/// <summary><c>keys rotate</c>: publishes a new key, which signs once everybody can know it.</summary>
/// <param name="keys">The keys.</param>
internal sealed class KeysRotate(SigningKeys keys) : IControlCommand
{
    /// <inheritdoc/>
    public CommandSyntax Syntax => CommandTable.KeysRotate;

    /// <inheritdoc/>
    public async Task<CommandOutcome> RunAsync(CommandArguments arguments, CancellationToken cancellationToken)
    {
        var next = await keys.RotateAsync(cancellationToken);
        return new CommandOutcome(
            [$"The key {next.Id} is published and signs from {CommandText.Time(next.ActiveFrom)} UTC on. Tokens of the key before it stay good until they end."],
            new JsonObject { ["kid"] = next.Id, ["activeFrom"] = CommandText.Json(next.ActiveFrom) });
    }
}

/// <summary><c>keys compromise</c>: a key was stolen. No token of it is believed any more, and what came of it is revoked.</summary>
/// <param name="compromise">Does it.</param>
internal sealed class KeysCompromise(KeyCompromise compromise) : IControlCommand
{
    /// <inheritdoc/>
    public CommandSyntax Syntax => CommandTable.KeysCompromise;

    /// <inheritdoc/>
    public async Task<CommandOutcome> RunAsync(CommandArguments arguments, CancellationToken cancellationToken)
    {
        var revoked = await compromise.CompromiseAsync(arguments.Operand!, addressPrefix: null)
            ?? throw new CommandException("There is no key of this id; keys list shows those that there are.");
        return new CommandOutcome(
            [$"The key is withdrawn: no token of it is believed, and another key signs. Grants revoked, whose last token it had signed: {revoked}."],
            new JsonObject { ["revoked"] = revoked });
    }
}

using System.Text.Json.Nodes;
using AgentBrain.Server.AuthorizationServer.Clients;

namespace AgentBrain.Server.AuthorizationServer.Commands;

/// <summary><c>clients add</c>: a client that the machine's user knows.</summary>
/// <param name="clients">Adds it.</param>
internal sealed class ClientsAdd(ClientRegistration clients) : IControlCommand
{
    private const int MaxName = 100;

    /// <inheritdoc/>
    public CommandSyntax Syntax => CommandTable.ClientsAdd;

    /// <inheritdoc/>
    public async Task<CommandOutcome> RunAsync(CommandArguments arguments, CancellationToken cancellationToken)
    {
        var added = await clients.AddAsync(Read(arguments), cancellationToken);
        return ClientSecretText.Tell($"The client is added. Its client_id is {added.Client.ClientId}", added.Client.ClientId!, added.Secret);
    }

    private static NewClient Read(CommandArguments arguments)
    {
        var name = arguments.Require("--name");
        if (name.Length > MaxName || name.Any(char.IsControl))
            throw arguments.Wrong($"--name must have at most {MaxName} characters, and no control characters");

        var isOwn = arguments.Has("--client-credentials");
        var redirects = arguments.All("--redirect-uri");
        if (isOwn == redirects.Count > 0)
            throw arguments.Wrong("A client that asks the owner has --redirect-uri, and one that acts by itself has --client-credentials, so name one of them");

        var method = arguments.Value("--auth") ?? (isOwn ? "client_secret_basic" : "none");
        var keys = arguments.Value("--jwks");
        if (method is not ("none" or "client_secret_basic" or "private_key_jwt"))
            throw arguments.Wrong("--auth must be none, client_secret_basic or private_key_jwt");

        if ((method == "private_key_jwt") != keys is not null)
            throw arguments.Wrong("--jwks names the public keys of a client with --auth private_key_jwt, and of no other");

        if (isOwn && method == "none")
            throw arguments.Wrong("A client that acts by itself must be able to prove who it is, so --auth cannot be none");

        return new NewClient
        {
            Name = name,
            RedirectUris = [.. redirects],
            AuthenticationMethod = method,
            Jwks = keys,
            OwnBrains = isOwn ? [.. arguments.All("--brain").DefaultIfEmpty(ResourceMap.DefaultBrain)] : [.. NoBrains(arguments)],
            OwnScopes = ReadScopes(arguments, isOwn),
            AllowAdmin = arguments.Has("--allow-admin"),
        };
    }

    private static string[] NoBrains(CommandArguments arguments) =>
        arguments.Has("--brain") || arguments.Has("--scope") || arguments.Has("--allow-admin")
            ? throw arguments.Wrong("--brain, --scope and --allow-admin are for --client-credentials; a client with --redirect-uri gets what the owner agrees to")
            : [];

    /// <summary><c>read</c> unless more is named; <c>admin</c> must be named twice (SR-46).</summary>
    private static ScopeSet ReadScopes(CommandArguments arguments, bool isOwn)
    {
        if (!isOwn)
            return ScopeSet.None;

        var scopes = ScopeSet.None;
        foreach (var name in arguments.All("--scope").DefaultIfEmpty("read"))
        {
            scopes |= ScopeSetText.Vocabulary.FirstOrDefault(known => known == name || known.EndsWith(':' + name, StringComparison.Ordinal)) is { } known
                ? ScopeSetText.One(known)
                : throw arguments.Wrong($"--scope must be one of {string.Join(", ", ScopeSetText.Vocabulary)}");
        }

        if (scopes.HasFlag(ScopeSet.Admin) != arguments.Has("--allow-admin"))
            throw arguments.Wrong("A client that may delete without the owner being asked takes both --scope admin and --allow-admin");

        return scopes;
    }
}

/// <summary><c>clients rotate-secret</c>: a new secret, beside which the last one stays good until the next rotation.</summary>
/// <param name="clients">Rotates it.</param>
internal sealed class ClientsRotateSecret(ClientRegistration clients) : IControlCommand
{
    /// <inheritdoc/>
    public CommandSyntax Syntax => CommandTable.ClientsRotateSecret;

    /// <inheritdoc/>
    public async Task<CommandOutcome> RunAsync(CommandArguments arguments, CancellationToken cancellationToken)
    {
        var now = arguments.Has("--now");
        var secret = await clients.RotateSecretAsync(arguments.Operand!, keepLast: !now, cancellationToken);
        return ClientSecretText.Tell(now ? "The client has a new secret, and its earlier ones are dead" : "The client has a new secret; the one before stays good until the next rotation", arguments.Operand!, secret);
    }
}

/// <summary><c>clients remove</c>: the client with all that it has.</summary>
/// <param name="clients">Removes it.</param>
internal sealed class ClientsRemove(ClientRegistration clients) : IControlCommand
{
    /// <inheritdoc/>
    public CommandSyntax Syntax => CommandTable.ClientsRemove;

    /// <inheritdoc/>
    public async Task<CommandOutcome> RunAsync(CommandArguments arguments, CancellationToken cancellationToken)
    {
        var revoked = await clients.RemoveAsync(arguments.Operand!, addressPrefix: null, cancellationToken);
        return new CommandOutcome([$"The client is removed, and its tokens are refused from now on. Grants revoked: {revoked}."], new JsonObject { ["revoked"] = revoked });
    }
}

/// <summary>How a secret is shown: once.</summary>
file static class ClientSecretText
{
    public static CommandOutcome Tell(string what, string clientId, string? secret) => new(
        secret is null ? [what + "."] : [what + ".", $"secret  {secret}", "The secret is shown this once; only a hash of it is kept."],
        new JsonObject { ["id"] = clientId, ["secret"] = secret });
}

using System.Collections.Immutable;
using AgentBrain.Server.Brains;

namespace AgentBrain.Server.Mcp;

/// <summary>Who calls, and on which brain: decided by the request's own authorization, never by what a session remembers.</summary>
internal sealed record CallContext
{
    /// <summary>The brain that the validated request names, open or not.</summary>
    public required BrainEntry Entry { get; init; }

    /// <summary>The brain, open.</summary>
    /// <exception cref="BrainException">It could not be opened, for example because its database is damaged.</exception>
    public OpenBrain Brain => Entry.Require();

    /// <summary>The mode of authorization: none, basic, oauth or stdio.</summary>
    public required string Mode { get; init; }

    /// <summary>Who the subject was vouched for by; null for the modes without an issuer.</summary>
    public string? Issuer { get; init; }

    /// <summary>The principal, <c>local</c> in the modes none and stdio.</summary>
    public required string Subject { get; init; }

    /// <summary>The client, if the mode knows one.</summary>
    public string? ClientId { get; init; }

    /// <summary>The resource URI of the brain; null over stdio.</summary>
    public string? Resource { get; init; }

    /// <summary>What the caller may do.</summary>
    public required ImmutableArray<string> Scopes { get; init; }

    /// <summary>True for a caller on this machine, who is shown absolute paths; others see paths that begin with a root's label.</summary>
    public required bool IsLocal { get; init; }

    /// <summary>How long the call's right holds.</summary>
    public ICallAccess Access { get; init; } = new LastingAccess();

    /// <summary>A path as this caller is shown it.</summary>
    public string Show(BrainPath path) => IsLocal ? Brain.Paths.Absolute(path) : path.Display;
}

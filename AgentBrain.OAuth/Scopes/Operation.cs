using System.Collections.Immutable;

namespace AgentBrain.OAuth.Scopes;

/// <summary>What of a message decides about it.</summary>
/// <param name="Kind">Request, notification or response.</param>
/// <param name="Method">The method; empty for a response.</param>
/// <param name="Name">The tool or prompt that is named, where the method names one.</param>
/// <param name="Uris">The resource URIs that are named, in the order of the message.</param>
public sealed record Operation(MessageKind Kind, string Method, string? Name, ImmutableArray<string> Uris)
{
    /// <summary>True for what answers with a stream that stays open.</summary>
    public bool OpensStream => Kind == MessageKind.Request && Method == "subscriptions/listen";

    /// <inheritdoc/>
    public bool Equals(Operation? other) => other is not null
        && Kind == other.Kind
        && string.Equals(Method, other.Method, StringComparison.Ordinal)
        && string.Equals(Name, other.Name, StringComparison.Ordinal)
        && Uris.AsSpan().SequenceEqual(other.Uris.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Method, Name, Uris.Length);
}

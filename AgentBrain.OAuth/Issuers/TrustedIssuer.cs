using AgentBrain.OAuth.Introspection;
using AgentBrain.OAuth.Tokens;

namespace AgentBrain.OAuth.Issuers;

/// <summary>
/// An issuer whose tokens we accept, and the one way in which they are judged: by its keys or by asking it, never one after the other.
/// </summary>
public sealed class TrustedIssuer
{
    private TrustedIssuer(IssuerSettings settings, TimeProvider time, IKeySource? keys, IntrospectionClient? introspection) =>
        (Settings, Rules, Keys, Introspection) = (settings, new AccessTokenRules(settings, time), keys, introspection);

    /// <summary>An issuer of signed tokens.</summary>
    public TrustedIssuer(IssuerSettings settings, TimeProvider time, IKeySource keys)
        : this(settings, time, keys, null)
    {
    }

    /// <summary>An issuer that is asked about its tokens.</summary>
    public TrustedIssuer(IssuerSettings settings, TimeProvider time, IntrospectionClient introspection)
        : this(settings, time, null, introspection)
    {
    }

    /// <summary>What is expected of its tokens.</summary>
    public IssuerSettings Settings { get; }

    /// <summary>The rules that follow from that.</summary>
    public AccessTokenRules Rules { get; }

    /// <summary>Its keys; <c>null</c> when it is asked.</summary>
    public IKeySource? Keys { get; }

    /// <summary>How it is asked; <c>null</c> when its tokens are verified by its keys.</summary>
    public IntrospectionClient? Introspection { get; }
}

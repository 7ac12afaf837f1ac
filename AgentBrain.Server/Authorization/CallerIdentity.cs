using System.Security.Claims;

namespace AgentBrain.Server.Authorization;

/// <summary>
/// The identity of one request. It lives as long as the request and travels with its message into the SDK, which is how the gate's
/// decision gets to where the message runs. The claims are there for the SDK, which binds its sessions to the first
/// <c>sub</c> and its issuer; our own code reads <see cref="Caller"/>.
/// </summary>
internal sealed class CallerIdentity : ClaimsIdentity
{
    /// <summary>Makes the identity of an authenticated caller.</summary>
    public CallerIdentity(Caller caller)
        : base([new Claim("sub", caller.Subject, ClaimValueTypes.String, caller.Issuer)], authenticationType: caller.Mode, nameType: "sub", roleType: null)
    {
        Caller = caller;
    }

    /// <summary>Who calls.</summary>
    public Caller Caller { get; private set; }

    /// <summary>What the gate decided about the request's message; <c>null</c> until it did.</summary>
    public GateDecision? Decision { get; private set; }

    /// <summary>The request's response, as long as it is open; <c>null</c> before the pipeline has come that far.</summary>
    public OpenResponse? Response { get; private set; }

    /// <summary>The identity among those of a principal, if there is one.</summary>
    public static CallerIdentity? Of(ClaimsPrincipal? principal) => principal?.Identities.OfType<CallerIdentity>().FirstOrDefault();

    /// <summary>Cuts the caller's rights down to what the access policy allows.</summary>
    public void Restrict(ScopeSet allowed) => Caller = Caller with { Scopes = Caller.Scopes & allowed };

    /// <summary>Records the gate's decision. One request has one message, hence one decision.</summary>
    public void Decide(GateDecision decision) =>
        Decision = Decision is null ? decision : throw new InvalidOperationException("The gate decided twice about one request.");

    /// <summary>Records the response, through which the message that runs hears that its access ended.</summary>
    public void Answers(OpenResponse response) => Response = response;
}

/// <summary>What the gate let through.</summary>
/// <param name="Operation">The message, as the gate read it.</param>
/// <param name="Needed">The scopes it needed.</param>
/// <param name="Resource">The resource it was sent to.</param>
internal sealed record GateDecision(Operation Operation, ScopeSet Needed, string Resource);

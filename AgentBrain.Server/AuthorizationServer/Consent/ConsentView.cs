using System.Collections.Immutable;

namespace AgentBrain.Server.AuthorizationServer.Consent;

/// <summary>What the consent page shows.</summary>
/// <param name="Id">The id of the request.</param>
/// <param name="Client">The client.</param>
/// <param name="Target">Where the answer goes.</param>
/// <param name="Brain">The name of the brain.</param>
/// <param name="Choices">One for each scope that was asked for.</param>
internal sealed record ConsentView(string Id, ClientFace Client, RedirectTarget Target, string Brain, ImmutableArray<ScopeChoice> Choices)
{
    /// <summary>Shows a request.</summary>
    public static ConsentView Of(string id, ClientFace client, RedirectTarget target, string brain, ScopeSet requested, ScopeSet ticked) =>
        new(id, client, target, brain, [.. ScopeWords.All.Where(words => requested.Covers(words.Scope)).Select(words => new ScopeChoice(words, ticked.Covers(words.Scope)))]);
}

/// <summary>A box.</summary>
/// <param name="Words">What it stands for.</param>
/// <param name="IsTicked">Is it ticked when the page comes?</param>
internal sealed record ScopeChoice(ScopeWords Words, bool IsTicked);

/// <summary>A client that was refused, and is not told by us.</summary>
/// <param name="Target">Where the answer would have gone.</param>
/// <param name="Location">A link with the answer, where it leads to nobody but a program of this computer.</param>
internal sealed record DeniedView(RedirectTarget Target, string? Location);

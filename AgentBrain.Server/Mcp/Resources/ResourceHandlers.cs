using AgentBrain.Server.Brains;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Mcp.Resources;

/// <summary>Answers the three resource methods. What is read depends on the brain and on the caller, so no answer may be shared.</summary>
/// <param name="catalog">The resources.</param>
/// <param name="contexts">Finds out who asks.</param>
internal sealed class ResourceHandlers(ResourceCatalog catalog, ICallContexts contexts)
{
    /// <summary><c>resources/list</c>: one page.</summary>
    public ValueTask<ListResourcesResult> List(RequestContext<ListResourcesRequestParams> request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new ListResourcesResult
        {
            Resources = catalog.Resources(),
            CacheScope = CacheScope.Private,
            TimeToLive = FixedLists.Lifetime,
        });

    /// <summary><c>resources/templates/list</c>: one page.</summary>
    public ValueTask<ListResourceTemplatesResult> ListTemplates(
        RequestContext<ListResourceTemplatesRequestParams> request,
        CancellationToken cancellationToken) =>
        ValueTask.FromResult(new ListResourceTemplatesResult
        {
            ResourceTemplates = catalog.Templates(),
            CacheScope = CacheScope.Private,
            TimeToLive = FixedLists.Lifetime,
        });

    /// <summary><c>resources/read</c>: the state of this moment, stale at once.</summary>
    public ValueTask<ReadResourceResult> Read(RequestContext<ReadResourceRequestParams> request, CancellationToken cancellationToken)
    {
        var uri = request.Params?.Uri;
        try
        {
            var contents = catalog.Read(uri, contexts.Of(request));
            return ValueTask.FromResult(new ReadResourceResult
            {
                Contents = [contents],
                CacheScope = CacheScope.Private,
                TimeToLive = TimeSpan.Zero,
            });
        }
        catch (BrainException refusal)
        {
            throw ResourceErrors.From(refusal, uri, request.Server.NegotiatedProtocolVersion);
        }
    }
}

using Microsoft.Extensions.Primitives;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Requests;

/// <summary>
/// Refuses a request with a parameter twice (RFC 6749 §3.1, §3.2), in whatever case of letters, and a client that names itself twice
/// and differently. <c>resource</c> may be repeated as far as that goes (RFC 8707 §2), and is judged by itself.
/// </summary>
internal sealed class RefuseRepeats<TContext> : IOpenIddictServerHandler<TContext>
    where TContext : BaseValidatingContext
{
    private const string BasicPrefix = "Basic ";

    /// <inheritdoc/>
    public ValueTask HandleAsync(TContext context)
    {
        // OpenIddict has read the form, so it is there.
        var request = context.Http.Request;
        var isForm = HttpMethods.IsPost(request.Method);
        IEnumerable<KeyValuePair<string, StringValues>> parameters = isForm ? request.Form : request.Query;
        if (parameters.Any(static parameter => parameter.Value.Count > 1 && !parameter.Key.Equals(ProtocolNames.Resource, StringComparison.Ordinal)))
            context.Refuse(Errors.InvalidRequest, Reasons.ParameterRepeated, "A parameter is there more than once.");
        else if (isForm && request.Headers.Authorization.ToString().StartsWith(BasicPrefix, StringComparison.OrdinalIgnoreCase) && request.Form[Parameters.ClientId] is [{ Length: > 0 } named] && named != context.Transaction.Request!.ClientId)
            context.Refuse(Errors.InvalidRequest, Reasons.ParameterRepeated, "The client_id is not the client that authenticates.");

        return default;
    }
}

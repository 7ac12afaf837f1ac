using System.Globalization;
using AgentBrain.Server.Authorization;
using AgentBrain.Server.Authorization.Tokens;
using AgentBrain.Server.AuthorizationServer.Endpoints.Authentication;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Answers;

/// <summary>
/// Answers a refusal that clients read: the error in our words, without pointers to somebody else's documentation, the status and the
/// headers that belong to it; and counts and logs it.
/// </summary>
internal sealed class RefusalAnswer<TContext>(Refuser refuser, ClientFailures failures) : IOpenIddictServerHandler<TContext>
    where TContext : BaseRequestContext
{
    private const string BasicPrefix = "Basic ";

    /// <inheritdoc/>
    public ValueTask HandleAsync(TContext context)
    {
        var answer = context.Transaction.Response!;
        if (string.IsNullOrEmpty(answer.Error))
            return default;

        var http = context.Http;
        var refusal = http.Features.Get<ProtocolRefusal>() ?? ErrorTexts.Of(answer, context.EndpointType);
        (answer.Error, answer.ErrorDescription, answer.ErrorUri) = (refusal.Error, refusal.Description, null);
        var status = refusal.Status ?? (refusal.Error == Errors.InvalidClient ? StatusCodes.Status401Unauthorized : refusal.Error == Errors.ServerError ? StatusCodes.Status500InternalServerError : StatusCodes.Status400BadRequest);
        http.Response.StatusCode = status;
        WriteHeaders(http, refusal, status);
        if (status == StatusCodes.Status401Unauthorized && context.Transaction.Request is { ClientSecret.Length: > 0 } request)
            failures.Count(http, request.ClientId);

        refuser.Note(http, refusal.Reason, status, refusal.Detail);
        return default;
    }

    private static void WriteHeaders(HttpContext http, ProtocolRefusal refusal, int status)
    {
        var headers = http.Response.Headers;
        if (refusal.Nonce is { } nonce)
            headers[ProofJudge.NonceHeader] = nonce;

        if (refusal.RetryAfter is { } retryAfter)
            headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

        // RFC 6749 §5.2: only to whom the header was tried.
        if (status == StatusCodes.Status401Unauthorized && http.Request.Headers.Authorization.ToString().StartsWith(BasicPrefix, StringComparison.OrdinalIgnoreCase))
            headers.WWWAuthenticate = "Basic realm=\"Agent Brain\", charset=\"UTF-8\"";
    }
}

using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using AgentBrain.Server.AuthorizationServer.Clients;
using AgentBrain.Server.AuthorizationServer.Endpoints.Requests;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.WebUtilities;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Consent;

/// <summary>
/// Reads an authorization request that OpenIddict found valid. What must have been refused there is refused here once more where
/// something would hang on it.
/// </summary>
/// <param name="clients">The clients.</param>
/// <param name="resources">The brains.</param>
internal sealed class AuthorizeReader(ClientDirectory clients, ResourceMap resources)
{
    private const int ThumbprintLength = 43;

    /// <summary>The request, or what is wrong with it: an error code of OAuth and the parameter.</summary>
    public async Task<(AskedFor? Asked, AuthorizeFault? Fault)> ReadAsync(HttpContext context)
    {
        var transaction = context.Features.Get<OpenIddictServerAspNetCoreFeature>()?.Transaction;
        if (context.GetOpenIddictServerRequest() is not { ClientId: { Length: > 0 } clientId } request || transaction is null)
            return (null, new AuthorizeFault(Errors.InvalidRequest, Parameters.ClientId));

        if (await clients.FindAsync(clientId, context.RequestAborted) is not { } client)
            return (null, new AuthorizeFault(Errors.InvalidRequest, Parameters.ClientId));

        // What was found to be the client's, and not what the request says.
        if (!RedirectTarget.TryRead(context.Features.Get<VerifiedRedirect>()?.Uri, out var target))
            return (null, new AuthorizeFault(Errors.InvalidRequest, Parameters.RedirectUri));

        if ((Judge(request) ?? JudgeState(context.Request)) is { } fault)
            return (null, fault);

        if (Resource(request) is not { } resource)
            return (null, new AuthorizeFault(Errors.InvalidTarget, Parameters.Resource));

        var scopes = ScopeSetText.Read(request.Scope);
        var pushed = transaction.GetProperty<ProcessAuthenticationContext>(typeof(ProcessAuthenticationContext).FullName!)?.RequestTokenPrincipal?.GetTokenId();
        return (new AskedFor
        {
            Client = client,
            Target = target,
            Resource = resource,
            Scopes = scopes == ScopeSet.None ? ScopeSet.Read : scopes,
            IsRefreshable = MayRefresh(client),
            CodeChallenge = request.CodeChallenge!,
            State = string.IsNullOrEmpty(request.State) ? null : request.State,
            KeyThumbprint = Thumbprint(request),
            PushedRequestId = pushed,
        }, null);
    }

    private static AuthorizeFault? Judge(OpenIddictRequest request)
    {
        if (!request.IsAuthorizationCodeFlow())
            return new AuthorizeFault(Errors.UnsupportedResponseType, Parameters.ResponseType);

        if (request.ResponseMode is not (null or "" or ResponseModes.Query))
            return new AuthorizeFault(Errors.InvalidRequest, Parameters.ResponseMode);

        if (request.CodeChallengeMethod != CodeChallengeMethods.Sha256 || !IsDigest(request.CodeChallenge))
            return new AuthorizeFault(Errors.InvalidRequest, Parameters.CodeChallenge);

        return Thumbprint(request) is { } thumbprint && !IsDigest(thumbprint) ? new AuthorizeFault(Errors.InvalidRequest, "dpop_jkt") : null;
    }

    /// <summary>Bytes that are no text are read as something else, and would come back as that.</summary>
    private static AuthorizeFault? JudgeState(HttpRequest request)
    {
        foreach (var pair in new QueryStringEnumerable(request.QueryString.Value))
        {
            if (pair.DecodeName().Span.SequenceEqual(Parameters.State) && !Utf8.IsValid(WebUtility.UrlDecodeToBytes(Encoding.UTF8.GetBytes(pair.EncodedValue.ToString()), 0, Encoding.UTF8.GetByteCount(pair.EncodedValue.Span))))
                return new AuthorizeFault(Errors.InvalidRequest, Parameters.State);
        }

        return null;
    }

    /// <summary>A SHA-256 in base64url: a thumbprint, or a challenge of the method S256.</summary>
    private static bool IsDigest(string? text) => text is { Length: ThumbprintLength } && Base64UrlText.IsCanonical(text);

    private static string? Thumbprint(OpenIddictRequest request) => (string?)request.GetParameter("dpop_jkt") is { Length: > 0 } text ? text : null;

    private ProtectedResource? Resource(OpenIddictRequest request) => request.GetResources() switch
    {
        [] => resources.All.FirstOrDefault(static resource => resource.Brain == ResourceMap.DefaultBrain),
        [var uri] => resources.All.FirstOrDefault(resource => resource.Uri == uri),
        _ => null,
    };

    /// <summary>Yes, unless the client registered the grant types that it uses, and refreshing is not among them.</summary>
    private static bool MayRefresh(ClientRecord client)
    {
        using var metadata = JsonDocument.Parse(client.Metadata);
        return !metadata.RootElement.TryGetProperty("grant_types", out var types)
            || types.ValueKind != JsonValueKind.Array
            || types.EnumerateArray().Any(static type => type.ValueEquals(GrantTypes.RefreshToken));
    }
}

/// <summary>What is wrong with an authorization request.</summary>
/// <param name="Error">The error code of OAuth.</param>
/// <param name="Parameter">Which parameter is at fault.</param>
internal sealed record AuthorizeFault(string Error, string Parameter);

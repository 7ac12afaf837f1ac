using AgentBrain.Server.Configuration.OAuth;

namespace AgentBrain.Server.Authorization.Metadata;

/// <summary>
/// The metadata of each brain (RFC 9728 §3): at the well-known path with the brain's own path behind it, and at the bare one for the
/// default brain, where clients look last. It is public, the same for everybody, and made of settings alone.
/// </summary>
internal static class MetadataEndpoints
{
    /// <summary>Maps the documents, and an endpoint behind which no brain is: whoever asks for one is asked for a token first.</summary>
    public static void MapOAuth(this IEndpointRouteBuilder endpoints, OAuthSettings settings, ResourceMap resources)
    {
        foreach (var resource in resources.All)
        {
            var issuers = settings.IssuersOf(resource.Brain).Select(issuer => issuer.Issuer);
            var document = ProtectedResourceMetadata.For(resource, issuers, settings.Access[resource.Brain].Dpop, settings.Proofs.Algorithms).ToUtf8();
            endpoints.Map(ProtectedResource.WellKnownPath + resource.Path, document);
            if (resource.Brain == ResourceMap.DefaultBrain)
                endpoints.Map(ProtectedResource.WellKnownPath, document);
        }

        endpoints.Map("/brains/{name}/mcp", static context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }).WithMetadata(new McpEndpoint()).RequireAuthorization();
    }

    private static void Map(this IEndpointRouteBuilder endpoints, string path, byte[] document) =>
        endpoints.Map(path, context => WriteAsync(context, path, document)).WithMetadata(new OwnOriginRules()).AllowAnonymous();

    private static Task WriteAsync(HttpContext context, string path, byte[] document)
    {
        // Routing takes other spellings for the same path; the identity of a document does not.
        if (context.Request.Path.Value != path)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsOptions(context.Request.Method))
        {
            // Left to routing, whoever posts here would be asked for a token, and not told for what.
            headers.Allow = "GET, OPTIONS";
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return Task.CompletedTask;
        }

        if (HttpMethods.IsOptions(context.Request.Method))
        {
            headers.AccessControlAllowMethods = "GET";
            headers.AccessControlAllowHeaders = "mcp-protocol-version, content-type, accept";
            headers.AccessControlMaxAge = "600";
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        headers.CacheControl = "public, max-age=300";
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = document.Length;
        return context.Response.Body.WriteAsync(document, context.RequestAborted).AsTask();
    }
}

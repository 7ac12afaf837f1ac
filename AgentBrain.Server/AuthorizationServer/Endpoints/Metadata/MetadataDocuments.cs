using AgentBrain.Server.Authorization;
using AgentBrain.Server.Configuration.OAuth;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Metadata;

/// <summary>
/// Where clients look for the metadata: of an issuer without a path these two are all forms that there are (RFC 8414 §3, OpenID
/// Connect Discovery §4). Both documents are public, the same for everybody, and never change while the program runs.
/// </summary>
internal static class MetadataDocuments
{
    private const string CacheControl = "public, max-age=300";

    /// <summary>Maps both.</summary>
    public static void MapServerMetadata(this IEndpointRouteBuilder endpoints)
    {
        var metadata = ServerMetadata.For(endpoints.ServiceProvider.GetRequiredService<AuthorizationServerSettings>(), endpoints.ServiceProvider.GetRequiredService<OAuthSettings>());
        endpoints.MapDocument(EndpointPaths.Metadata, metadata.ToUtf8());
        endpoints.MapDocument(EndpointPaths.OpenIdMetadata, metadata.ForOpenId().ToUtf8());
    }

    private static void MapDocument(this IEndpointRouteBuilder endpoints, string path, byte[] document) =>
        endpoints.Map(path, context => WriteAsync(context, document)).WithMetadata(new OwnOriginRules(), new AuthorizationServerEndpoint()).AllowAnonymous();

    private static Task WriteAsync(HttpContext context, byte[] document)
    {
        context.Response.Headers.CacheControl = CacheControl;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = document.Length;
        return context.Response.Body.WriteAsync(document, context.RequestAborted).AsTask();
    }
}

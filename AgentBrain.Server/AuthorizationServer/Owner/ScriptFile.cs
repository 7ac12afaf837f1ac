using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Endpoints;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>A script file of the pages, out of the program. Pages work without, but for passkeys, which are nothing but script.</summary>
internal static class ScriptFile
{
    /// <summary>Maps one.</summary>
    /// <param name="endpoints">The routes.</param>
    /// <param name="path">Its path.</param>
    /// <param name="resource">Its name in the program.</param>
    public static void MapScript(this IEndpointRouteBuilder endpoints, string path, string resource)
    {
        using var stream = typeof(ScriptFile).Assembly.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"The program was built without {resource}.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        var content = copy.ToArray();
        endpoints.MapGet(path, () => Results.Bytes(content, "text/javascript; charset=utf-8"))
            .WithMetadata(new OwnOriginRules(), new AuthorizationServerEndpoint()).AllowAnonymous();
    }
}

using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Mcp;

/// <summary>
/// Says in the answers to <c>initialize</c> and <c>server/discover</c> that the lists never change. The SDK claims that they do wherever it
/// is given a collection, and clients would hold a stream open for notifications that never come.
/// </summary>
internal sealed class FixedLists : IConfigureOptions<McpServerOptions>
{
    /// <summary>How long a client may keep a list: it changes with the version of the server only.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private static readonly string[] Lists = ["tools", "prompts", "resources"];

    /// <summary>Registers the correction, once however often it is asked for.</summary>
    public static void Register(IServiceCollection services) =>
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<McpServerOptions>, FixedLists>());

    /// <inheritdoc />
    public void Configure(McpServerOptions options) => options.Filters.Message.OutgoingFilters.Add(Filter);

    /// <summary>Corrects the capabilities in an outgoing message; lets every other pass.</summary>
    private static McpMessageHandler Filter(McpMessageHandler next) => (context, cancellationToken) =>
    {
        if (context.JsonRpcMessage is JsonRpcResponse { Result: JsonObject result }
            && (result.ContainsKey("protocolVersion") || result.ContainsKey("supportedVersions"))
            && result["capabilities"] is JsonObject capabilities)
        {
            foreach (var list in Lists)
            {
                if (capabilities[list] is JsonObject capability && capability.ContainsKey("listChanged"))
                {
                    capability["listChanged"] = false;
                }
            }
        }

        return next(context, cancellationToken);
    };
}

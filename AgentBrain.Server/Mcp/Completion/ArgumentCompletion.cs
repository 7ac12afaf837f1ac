using AgentBrain.Server.Brains;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Mcp.Completion;

/// <summary>Completes the arguments of prompts and the variables of resource templates. What it does not know has no completions.</summary>
/// <param name="contexts">Finds out who asks.</param>
/// <param name="fileTypes">The languages.</param>
internal sealed class ArgumentCompletion(ICallContexts contexts, IFileTypeCatalog fileTypes)
{
    /// <summary>The protocol's own limit.</summary>
    private const int MaxValues = 100;

    private static readonly string[] Depths = ["1", "2", "3", "4", "5"];

    /// <summary>The values that what was typed can become.</summary>
    public CompleteResult Complete(RequestContext<CompleteRequestParams> request)
    {
        var (reference, argument) = (request.Params?.Ref, request.Params?.Argument);
        var typed = argument?.Value ?? "";
        var values = (reference, argument?.Name) switch
        {
            (PromptReference { Name: "find-callers" }, "symbol") => FromIndex(request, CompletionKind.Symbol, typed),
            (PromptReference { Name: "find-callers" }, "language") => Fixed(fileTypes.Languages, typed),
            (PromptReference { Name: "explain-architecture" }, "folder") => Folders(request, typed),
            (PromptReference { Name: "explain-architecture" }, "depth") => Fixed(Depths, typed),
            (ResourceTemplateReference { Uri: "chunk://{chunk_id}" }, "chunk_id") => FromIndex(request, CompletionKind.Chunk, typed),
            (ResourceTemplateReference { Uri: "job://{job_id}" }, "job_id") => FromIndex(request, CompletionKind.Job, typed),
            (ResourceTemplateReference { Uri: "file://{+path}" }, "path") => FromIndex(request, CompletionKind.Path, typed),
            (ResourceTemplateReference { Uri: "graph-entity://{type}/{id}" }, "type") => Fixed(EntityTypes.All, typed),
            _ => [],
        };
        return Result(values);
    }

    private IReadOnlyList<string> FromIndex(MessageContext request, CompletionKind kind, string typed) =>
        Ask(request, caller => caller.Brain.Complete(kind, typed, MaxValues + 1));

    private IReadOnlyList<string> Folders(MessageContext request, string typed) =>
        Ask(request, caller => Fixed(caller.Brain.Folders().Select(folder => caller.Show(folder.Path)), typed));

    private IReadOnlyList<string> Ask(MessageContext request, Func<CallContext, IReadOnlyList<string>> question)
    {
        try
        {
            return question(contexts.Of(request));
        }
        catch (BrainException fault)
        {
            // There is no error for a user to see while typing; the client logs this one.
            throw new McpProtocolException(fault.Message, fault, McpErrorCode.InternalError);
        }
    }

    private static IReadOnlyList<string> Fixed(IEnumerable<string> values, string typed) =>
        [.. values.Where(value => value.StartsWith(typed, StringComparison.OrdinalIgnoreCase))];

    private static CompleteResult Result(IReadOnlyList<string> values) => new()
    {
        Completion = new ModelContextProtocol.Protocol.Completion
        {
            Values = [.. values.Take(MaxValues)],
            // Of a longer list the index was not asked how long it is.
            Total = values.Count <= MaxValues ? values.Count : null,
            HasMore = values.Count > MaxValues,
        },
    };
}

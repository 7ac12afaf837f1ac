using System.Text.Json;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Mcp.Tools.Contracts;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary>
/// A tool: schemas from its two records, arguments read strictly, an answer as text and structured content, and every refusal as a result
/// that says what to do.
/// </summary>
/// <typeparam name="TArguments">What it takes.</typeparam>
/// <typeparam name="TResult">What it answers.</typeparam>
internal abstract class BrainTool<TArguments, TResult> : McpServerTool
    where TArguments : class, new()
    where TResult : class
{
    private readonly ToolEnvironment _environment;
    private readonly ArgumentContract<TArguments> _contract;

    /// <summary>Describes the tool.</summary>
    protected BrainTool(ToolDefinition definition, ToolEnvironment environment)
    {
        _environment = environment;
        _contract = new ArgumentContract<TArguments>(definition.Name);
        ProtocolTool = new Tool
        {
            Name = definition.Name,
            Title = definition.Title,
            Description = definition.Description,
            InputSchema = _contract.Schema,
            OutputSchema = ResultSchema.For<TResult>(),
            Annotations = new ToolAnnotations
            {
                Title = definition.Title,
                ReadOnlyHint = definition.Traits.ReadOnly,
                DestructiveHint = definition.Traits.Destructive,
                IdempotentHint = definition.Traits.Idempotent,
                OpenWorldHint = definition.Traits.OpenWorld,
            },
        };
    }

    /// <inheritdoc />
    public sealed override Tool ProtocolTool { get; }

    /// <inheritdoc />
    public sealed override IReadOnlyList<object> Metadata => [];

    /// <inheritdoc />
    public sealed override async ValueTask<CallToolResult> InvokeAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default)
    {
        try
        {
            var call = new ToolCall<TArguments>(_contract.Read(request.Params?.Arguments), request, _environment.Contexts);
            var answer = await AnswerAsync(call, cancellationToken);
            return new CallToolResult
            {
                Content = [new TextContentBlock { Text = answer.Text }],
                StructuredContent = JsonSerializer.SerializeToElement(answer.Result, ToolJson.Options),
                Meta = answer.Meta,
            };
        }
        catch (ToolRefusedException refusal)
        {
            return ToolErrors.Refusal(refusal);
        }
        catch (BrainException refusal)
        {
            if (refusal.Fault == BrainFault.Storage)
            {
                ToolLog.StorageFailed(_environment.Logger, refusal, ProtocolTool.Name, refusal.Reason);
            }

            return ToolErrors.Refusal(refusal.Fault, refusal.Reason, refusal.Message);
        }
        catch (Exception error) when (error is not (OperationCanceledException or McpException) || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return ToolErrors.Failure(ProtocolTool.Name, error, _environment.Logger);
        }
    }

    /// <summary>Does what the tool is for.</summary>
    /// <exception cref="BrainException">A refusal.</exception>
    /// <exception cref="ToolRefusedException">A refusal.</exception>
    protected abstract ValueTask<ToolAnswer<TResult>> AnswerAsync(ToolCall<TArguments> call, CancellationToken cancellationToken);
}

namespace AgentBrain.Server.AuthorizationServer.Storage;

/// <summary>A write that waits for its turn, and for the commit after it.</summary>
internal abstract class PendingWrite
{
    /// <summary>Carries it out within a transaction. It is answered after the commit, and not before.</summary>
    public abstract Task RunAsync(AuthorityContext context);

    /// <summary>It is on the disk.</summary>
    public abstract void Complete();

    /// <summary>It is not, nothing of it.</summary>
    public abstract void Fail(Exception exception);
}

/// <inheritdoc cref="PendingWrite"/>
/// <param name="write">What is written.</param>
/// <param name="cancellationToken">Who goes away before the turn comes writes nothing.</param>
internal sealed class PendingWrite<T>(Func<AuthorityContext, Task<T>> write, CancellationToken cancellationToken) : PendingWrite
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ExecutionContext? _caller = ExecutionContext.Capture();
    private T? _result;

    /// <summary>The result, once it is on the disk.</summary>
    public Task<T> Done => _done.Task;

    /// <inheritdoc/>
    public override async Task RunAsync(AuthorityContext context)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _result = await (_caller is null ? write(context) : AsCaller(_caller, context));
    }

    /// <inheritdoc/>
    public override void Complete() => _done.TrySetResult(_result!);

    /// <inheritdoc/>
    public override void Fail(Exception exception)
    {
        if (exception is OperationCanceledException)
            _done.TrySetCanceled(cancellationToken);
        else
            _done.TrySetException(exception);
    }

    /// <summary>Spans and log scopes of what is written belong to the request that asked for it, whoever carries it out.</summary>
    private Task<T> AsCaller(ExecutionContext caller, AuthorityContext context)
    {
        Task<T>? running = null;
        ExecutionContext.Run(caller, _ => running = write(context), null);
        return running!;
    }
}

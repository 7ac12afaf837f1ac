using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Authorization;

/// <summary>After the gate: so many open streams of one principal, the legacy GET and <c>subscriptions/listen</c> alike.</summary>
internal sealed class StreamQuota(RequestDelegate next, RequestLimits limits, Refuser refuser)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string, string), int> _open = [];

    /// <summary>Runs the step.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (RequestedResource.Of(context) is null || !OpensStream(context))
        {
            await next(context);
            return;
        }

        var caller = Caller.From(context.User);
        var principal = (caller.Issuer, caller.Subject);
        if (!TryEnter(principal))
        {
            await refuser.RefuseAsync(
                context,
                new Refusal(StatusCodes.Status429TooManyRequests, Reasons.TooManyStreams, $"A caller may have {limits.StreamsPerPrincipal} streams open.") { RetryAfter = TimeSpan.FromSeconds(30) });
            return;
        }

        try
        {
            await next(context);
        }
        finally
        {
            Leave(principal);
        }
    }

    private static bool OpensStream(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) || context.Features.Get<RequestMessage>()?.Operation.OpensStream == true;

    private bool TryEnter((string, string) principal)
    {
        lock (_gate)
        {
            var count = _open.GetValueOrDefault(principal);
            if (count >= limits.StreamsPerPrincipal)
                return false;

            _open[principal] = count + 1;
            return true;
        }
    }

    private void Leave((string, string) principal)
    {
        lock (_gate)
        {
            if (_open[principal] == 1)
                _open.Remove(principal);
            else
                _open[principal]--;
        }
    }
}

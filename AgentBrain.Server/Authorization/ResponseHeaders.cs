namespace AgentBrain.Server.Authorization;

/// <summary>Headers that every answer has: nothing of a caller's answer may stay in a cache or be taken for another type.</summary>
internal sealed class ResponseHeaders(RequestDelegate next, bool strictTransport)
{
    /// <summary>Runs the step.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        if (strictTransport)
            headers.StrictTransportSecurity = "max-age=31536000";
        if (RequestedResource.Of(context) is not null)
            headers.Vary = "Authorization, Origin";

        return next(context);
    }
}

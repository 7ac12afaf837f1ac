using System.Security.Claims;
using AgentBrain.Server.Authorization;

namespace AgentBrain.Server.Hosting;

/// <summary>
/// Ends the SDK's half of a session as its client would: by the SDK's own handler of <c>DELETE</c>. Nothing else makes the SDK let go;
/// a session whose run was cancelled stays in its table, with the client's parameters, until it has been idle for long enough.
/// </summary>
/// <param name="services">The services of the application.</param>
/// <param name="logger">The log.</param>
internal sealed partial class SdkSessionEnd(IServiceProvider services, ILogger<SdkSessionEnd> logger) : ISessionEnd
{
    private readonly Lazy<RequestDelegate> _delete = new(() => FindDelete(services.GetRequiredService<EndpointDataSource>()));

    /// <inheritdoc/>
    public async Task EndAsync(string sessionId, SessionOwner owner)
    {
        try
        {
            await using var scope = services.CreateAsyncScope();
            var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider, User = UserOf(owner) };
            context.Request.Method = HttpMethods.Delete;
            context.Request.Headers[ProtocolVersion.SessionHeader] = sessionId;
            await _delete.Value(context);
            if (context.Response.StatusCode >= StatusCodes.Status300MultipleChoices)
                LogRefused(context.Response.StatusCode);
        }
        catch (Exception e)
        {
            // The request that needed the room has nothing to do with why another session did not end.
            LogFailed(e);
        }
    }

    /// <summary>The SDK knows the user of a session by these claims.</summary>
    private static ClaimsPrincipal UserOf(SessionOwner owner) =>
        new(new ClaimsIdentity([new Claim("sub", owner.Subject, ClaimValueTypes.String, owner.Issuer)], authenticationType: "session"));

    /// <summary>All brains share the SDK's one table of sessions, so any of their endpoints will do.</summary>
    private static RequestDelegate FindDelete(EndpointDataSource endpoints) => endpoints.Endpoints
        .First(static endpoint => endpoint.Metadata.GetMetadata<McpEndpoint>() is not null
            && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains(HttpMethods.Delete, StringComparer.Ordinal) == true)
        .RequestDelegate!;

    [LoggerMessage(Level = LogLevel.Error, Message = "A session that made room could not be ended: the SDK answered {Status}.")]
    private partial void LogRefused(int status);

    [LoggerMessage(Level = LogLevel.Error, Message = "A session that made room could not be ended.")]
    private partial void LogFailed(Exception exception);
}

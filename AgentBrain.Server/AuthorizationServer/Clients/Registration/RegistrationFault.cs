using AgentBrain.OAuth.Clients;

namespace AgentBrain.Server.AuthorizationServer.Clients.Registration;

/// <summary>Why a registration is refused (RFC 7591 §3.2.2, RFC 7592 §2).</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Reason">A code of <see cref="Reasons"/>.</param>
/// <param name="Error">The error code of the protocol.</param>
/// <param name="Description">One sentence that names the member, and has nothing of the request in it.</param>
internal sealed record RegistrationFault(int Status, string Reason, string Error, string Description)
{
    /// <summary>Who registers is not wanted, now or ever.</summary>
    public static RegistrationFault Closed { get; } =
        new(StatusCodes.Status403Forbidden, Reasons.RegistrationClosed, "access_denied", "This server registers no clients by itself; its owner adds them on the machine.");

    /// <summary>The token is not that of a client that there is. One answer for all cases.</summary>
    public static RegistrationFault Token { get; } =
        new(StatusCodes.Status401Unauthorized, Reasons.RegistrationToken, "invalid_token", "The registration access token is not that of a registered client.");

    /// <summary>When it makes sense to try again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Something is wrong with the metadata.</summary>
    public static RegistrationFault Of(MetadataProblem problem) => new(StatusCodes.Status400BadRequest, Reasons.RegistrationMetadata, problem.Error, problem.Description);

    /// <summary>Something is wrong with the metadata.</summary>
    public static RegistrationFault Of(string description) => Of(new MetadataProblem(MetadataProblem.InvalidClientMetadata, description));

    /// <summary>Something is wrong with the body as such.</summary>
    public static RegistrationFault OfBody(int status, string reason, string description) => new(status, reason, MetadataProblem.InvalidClientMetadata, description);

    /// <summary>There were too many.</summary>
    public static RegistrationFault TooMany(TimeSpan retryAfter) =>
        new(StatusCodes.Status429TooManyRequests, Reasons.RegistrationRate, "temporarily_unavailable", "Too many registrations; try again later.") { RetryAfter = retryAfter };
}

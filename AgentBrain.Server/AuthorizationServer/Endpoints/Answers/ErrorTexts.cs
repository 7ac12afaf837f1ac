using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Answers;

/// <summary>The reason code of a refusal that came without one, and our words for it where they are OpenIddict's.</summary>
internal static class ErrorTexts
{
    /// <summary>The refusal.</summary>
    /// <param name="answer">What was to be answered. OpenIddict's own refusals point to its documentation; others are in our words already.</param>
    /// <param name="endpoint">Where it happened.</param>
    public static ProtocolRefusal Of(OpenIddictResponse answer, OpenIddictServerEndpointType endpoint)
    {
        var refusal = Of(answer.Error!, answer.ErrorDescription, endpoint);
        return string.IsNullOrEmpty(answer.ErrorUri) && !string.IsNullOrEmpty(answer.ErrorDescription) ? refusal with { Description = answer.ErrorDescription } : refusal;
    }

    private static ProtocolRefusal Of(string error, string? description, OpenIddictServerEndpointType endpoint) => error switch
    {
        Errors.InvalidClient => new(Reasons.ClientAuthentication, error, "The client is not known, or did not authenticate as it is registered to."),
        Errors.InvalidGrant => new(Reasons.GrantInvalid, error, "The code or refresh token is not good: unknown, over, used, or not this client's."),
        Errors.InvalidToken or Errors.ExpiredToken when endpoint is OpenIddictServerEndpointType.Authorization =>
            new(Reasons.PushedRequestInvalid, Errors.InvalidRequest, "The request_uri is unknown, used or older than a minute; the program has to begin again."),
        Errors.InvalidTarget => new(Reasons.ResourceDiffers, error, "The resource is another than the one that was agreed to."),
        Errors.InvalidScope => new(Reasons.ScopeExceeded, error, "A scope is asked for that was not agreed to."),
        Errors.UnauthorizedClient => new(Reasons.ClientNotAllowed, error, "The client is not registered for this."),
        Errors.UnsupportedGrantType => new(Reasons.GrantTypeUnsupported, error, "The grant type is not supported here; grant_types_supported lists those that are."),
        Errors.UnsupportedResponseType => new(Reasons.ResponseTypeUnsupported, error, "The response type must be code."),
        Errors.RequestNotSupported or Errors.RequestUriNotSupported => new(Reasons.RequestObject, error, "Request objects are not supported; push the request instead (RFC 9126)."),
        _ => Malformed(error, description),
    };

    private static ProtocolRefusal Malformed(string error, string? description) => Parameter(description) switch
    {
        null => new(Reasons.RequestInvalid, error == Errors.MissingToken ? Errors.InvalidRequest : error, "The request is not one of this endpoint."),
        Parameters.ResponseMode => new(Reasons.ResponseModeUnsupported, error, "The response mode must be query."),
        var name => new(Reasons.ParameterMissing, error, $"The parameter {name} is missing, or has no value that it may have."),
    };

    /// <summary>The parameter that a description is about, in single quotes: a name that OpenIddict has in its code, and not text of the request.</summary>
    private static string? Parameter(string? description)
    {
        var start = description?.IndexOf('\'', StringComparison.Ordinal) ?? -1;
        var end = start < 0 ? -1 : description!.IndexOf('\'', start + 1);
        var name = end < 0 ? null : description![(start + 1)..end];
        return name is { Length: > 0 and <= 32 } && name.All(static c => char.IsAsciiLetterLower(c) || c == '_') ? name : null;
    }
}

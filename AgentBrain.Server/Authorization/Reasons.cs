namespace AgentBrain.Server.Authorization;

/// <summary>
/// The stable reason codes of refusals: the same word in the response, the log, the span, the metric and the audit record.
/// Documentation and alerts refer to them, so a code is never renamed or reused.
/// </summary>
internal static class Reasons
{
    public const string HostNotAllowed = "host_not_allowed";
    public const string OriginNotAllowed = "origin_not_allowed";
    public const string ForwardedInModeNone = "forwarded_in_mode_none";
    public const string TlsRequired = "tls_required";
    public const string MethodNotAllowed = "method_not_allowed";
    public const string ContentTypeNotJson = "content_type_not_json";
    public const string ContentEncoding = "content_encoding";
    public const string BodyTooLarge = "body_too_large";
    public const string BodyTimeout = "body_timeout";
    public const string BodyInterrupted = "body_interrupted";
    public const string AddressRate = "address_rate";
    public const string PrincipalRate = "principal_rate";
    public const string FailureRate = "failure_rate";
    public const string NoCredentials = "no_credentials";
    public const string AuthorizationSyntax = "authorization_syntax";
    public const string WrongScheme = "wrong_scheme";
    public const string WrongSecret = "wrong_secret";
    public const string NotEntitled = "not_entitled";
    public const string NotJson = "not_json";
    public const string Batch = "batch";
    public const string NotJsonRpc = "not_json_rpc";
    public const string AmbiguousName = "ambiguous_name";
    public const string BadParams = "bad_params";
    public const string UnknownSession = "unknown_session";
    public const string SessionMismatch = "session_mismatch";
    public const string TooManySessions = "too_many_sessions";
    public const string TooManyStreams = "too_many_streams";
    public const string TooManyUris = "too_many_uris";
    public const string UnknownMethod = "unknown_method";
    public const string UnknownTool = "unknown_tool";
    public const string InsufficientScope = "insufficient_scope";
    public const string StreamNotAllowed = "stream_not_allowed";
    public const string DispatchDiffers = "dispatch_differs";
    public const string NoCaller = "no_caller";
}

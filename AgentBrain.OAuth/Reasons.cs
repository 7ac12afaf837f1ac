namespace AgentBrain.OAuth;

/// <summary>
/// The stable reason codes of refusals: the same word in the response, the log, the span, the metric and the audit record.
/// Documentation and alerts refer to them, so a code is never renamed or reused.
/// </summary>
#pragma warning disable CS1591 // Each code is its own description; docs/operations.md says what to do about each.
public static class Reasons
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
    public const string StreamLifetime = "stream_lifetime";
    public const string StreamNotAllowed = "stream_not_allowed";
    public const string DispatchDiffers = "dispatch_differs";
    public const string NoCaller = "no_caller";

    // Access tokens (RFC 6750, RFC 9068, RFC 7662): 401 invalid_token unless said otherwise.
    public const string TokenMalformed = "token_malformed";
    public const string TokenEncrypted = "token_encrypted";
    public const string TokenType = "token_type";
    public const string TokenAlgorithm = "token_algorithm";
    public const string TokenCritical = "token_critical";
    public const string UnknownIssuer = "unknown_issuer";
    public const string UnknownKey = "unknown_key";
    public const string TokenSignature = "token_signature";
    public const string TokenClaims = "token_claims";
    public const string TokenConfirmation = "token_confirmation";
    public const string TokenExpired = "token_expired";
    public const string TokenNotYetValid = "token_not_yet_valid";
    public const string TokenLifetime = "token_lifetime";
    public const string TokenInactive = "token_inactive";
    public const string TokenRevoked = "token_revoked";
    public const string WrongAudience = "wrong_audience";
    public const string AmbiguousAudience = "ambiguous_audience";
    public const string BrainNotOfIssuer = "brain_not_of_issuer";
    public const string TokenIsBound = "token_is_bound";
    public const string TokenIsUnbound = "token_is_unbound";
    public const string DpopRequired = "dpop_required";
    public const string DpopOff = "dpop_off";

    // 503: what would decide cannot be asked.
    public const string IssuerUnavailable = "issuer_unavailable";
    public const string IntrospectionUnavailable = "introspection_unavailable";
    public const string IntrospectionBusy = "introspection_busy";
    public const string RevocationsUnavailable = "revocations_unavailable";
    public const string ReplayStoreUnavailable = "replay_store_unavailable";
    public const string ReplayStoreFull = "replay_store_full";

    // 429: junk tokens of one address are not forwarded to the issuer without end; proofs of one key do not fill the store.
    public const string IntrospectionRate = "introspection_rate";
    public const string ProofRate = "proof_rate";

    // DPoP proofs (RFC 9449 §4.3, in its order): 401 invalid_dpop_proof, but for ProofNonce, which is use_dpop_nonce.
    public const string ProofMissing = "proof_missing";
    public const string ProofMalformed = "proof_malformed";
    public const string ProofClaims = "proof_claims";
    public const string ProofType = "proof_type";
    public const string ProofAlgorithm = "proof_algorithm";
    public const string ProofKey = "proof_key";
    public const string ProofSignature = "proof_signature";
    public const string ProofMethod = "proof_method";
    public const string ProofTarget = "proof_target";
    public const string ProofNonce = "proof_nonce";
    public const string ProofTime = "proof_time";
    public const string ProofTokenHash = "proof_token_hash";
    public const string ProofBinding = "proof_binding";
    public const string ProofReplayed = "proof_replayed";

    // Pages of the authorization server.
    public const string NothingHere = "nothing_here";
    public const string FormCrossSite = "form_cross_site";
    public const string FormToken = "form_token";
    public const string FormType = "form_type";
    public const string FormTooLarge = "form_too_large";
    public const string AuthorizeRequest = "authorize_request";
    public const string AuthorizeSession = "authorize_session";
    public const string InteractionUnknown = "interaction_unknown";
    public const string InteractionExpired = "interaction_expired";
    public const string InteractionAnswered = "interaction_answered";
    public const string InteractionChanged = "interaction_changed";

    // The owner of the authorization server: setup, sign-in and what needs it.
    public const string NoOwner = "no_owner";
    public const string SetupLinkRefused = "setup_link_refused";
    public const string SetupClosed = "setup_closed";
    public const string SignInFailed = "sign_in_failed";
    public const string SignInTooSoon = "sign_in_too_soon";
    public const string SignInCeiling = "sign_in_ceiling";
    public const string SignInBusy = "sign_in_busy";
    public const string LoginRequired = "login_required";
    public const string AuthorizeTooLong = "authorize_too_long";

    // Requests to the authorization server (RFC 6749 §4.1.2.1, §5.2 and what builds on them).
    public const string RequestInvalid = "request_invalid";
    public const string ParameterMissing = "parameter_missing";
    public const string ParameterRepeated = "parameter_repeated";
    public const string RequestObject = "request_object";
    public const string PushedRequestInvalid = "pushed_request_invalid";
    public const string ClientUnknown = "client_unknown";
    public const string ClientAuthentication = "client_authentication";
    public const string ClientAssertion = "client_assertion";
    public const string ClientRate = "client_rate";
    public const string ClientNotAllowed = "client_not_allowed";
    public const string RedirectNotRegistered = "redirect_not_registered";
    public const string GrantTypeUnsupported = "grant_type_unsupported";
    public const string GrantInvalid = "grant_invalid";
    public const string ResponseTypeUnsupported = "response_type_unsupported";
    public const string ResponseModeUnsupported = "response_mode_unsupported";
    public const string ChallengeInvalid = "pkce_challenge";
    public const string VerifierInvalid = "pkce_verifier";
    public const string ScopeUnknown = "scope_unknown";
    public const string ScopeExceeded = "scope_exceeded";
    public const string ResourceUnknown = "resource_unknown";
    public const string ResourceDiffers = "resource_differs";
    public const string EndpointRate = "endpoint_rate";

    // Pages of the authorization server.

    // Clients of the authorization server: who may be one, and what it says of itself.
    public const string ClientIdUrl = "client_id_url";
    public const string ClientDocument = "client_document";
    public const string RegistrationClosed = "registration_closed";
    public const string RegistrationMetadata = "registration_metadata";
    public const string RegistrationToken = "registration_token";
    public const string RegistrationRate = "registration_rate";
}

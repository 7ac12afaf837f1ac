using AgentBrain.Server.AuthorizationServer.Endpoints.Answers;
using AgentBrain.Server.AuthorizationServer.Endpoints.Authentication;
using AgentBrain.Server.AuthorizationServer.Endpoints.Introspection;
using AgentBrain.Server.AuthorizationServer.Endpoints.Requests;
using AgentBrain.Server.AuthorizationServer.Endpoints.Revocation;
using AgentBrain.Server.AuthorizationServer.Endpoints.Tokens;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints;

/// <summary>
/// Our part in what OpenIddict does with a request, in the order in which it is done, and what of its own is taken out. Orders are
/// relative to OpenIddict's handlers, which are a thousand apart; its first checks of a request come after <see cref="First"/>.
/// </summary>
internal static class ProtocolHandlers
{
    private const int First = int.MinValue;

    // OpenIddict sets its status and headers at 100,000 and writes at 500,000.
    private const int BeforeWriting = 400_000;

    /// <summary>Adds ours, and removes what they stand for.</summary>
    public static void AddProtocolHandlers(this OpenIddictServerBuilder server)
    {
        AddAuthorize(server);
        AddPushed(server);
        AddToken(server);
        AddAuthentication(server);
        AddQuestions(server);
        AddAnswers(server);
    }

    private static void AddAuthorize(OpenIddictServerBuilder server)
    {
        server.On<ValidateAuthorizationRequestContext, VerifyRedirect>(First + 1);
        server.On<ValidateAuthorizationRequestContext, RefuseRepeats<ValidateAuthorizationRequestContext>>(First + 2);
        server.On<ValidateAuthorizationRequestContext, CheckState<ValidateAuthorizationRequestContext>>(First + 3);

        // From here on a pushed request is open. That it was stored makes none of the checks superfluous.
        var opened = OpenIddictServerHandlers.Authentication.ValidateAuthentication.Descriptor.Order;
        server.On<ValidateAuthorizationRequestContext, VerifyRedirectOfPushed>(opened + 1);
        server.On<ValidateAuthorizationRequestContext, ReadResource<ValidateAuthorizationRequestContext>>(opened + 2);
        server.On<ValidateAuthorizationRequestContext, ReadScope<ValidateAuthorizationRequestContext>>(opened + 3);
        server.On<ValidateAuthorizationRequestContext, CheckChallenge<ValidateAuthorizationRequestContext>>(opened + 4);
        server.On<ValidateAuthorizationRequestContext, ReadKeyThumbprint<ValidateAuthorizationRequestContext>>(opened + 5);

        // RFC 6749 §3.1: what is not known is ignored.
        server.RemoveEventHandler(OpenIddictServerHandlers.Authentication.ValidateAudienceParameter.Descriptor);
        server.RemoveEventHandler(OpenIddictServerHandlers.Authentication.ValidatePushedAudienceParameter.Descriptor);
    }

    private static void AddPushed(OpenIddictServerBuilder server)
    {
        server.On<ValidatePushedAuthorizationRequestContext, RefuseRepeats<ValidatePushedAuthorizationRequestContext>>(First);
        server.On<ValidatePushedAuthorizationRequestContext, CheckProof<ValidatePushedAuthorizationRequestContext>>(First + 1);
        server.On<ValidatePushedAuthorizationRequestContext, ReadResource<ValidatePushedAuthorizationRequestContext>>(First + 2);
        server.On<ValidatePushedAuthorizationRequestContext, ReadScope<ValidatePushedAuthorizationRequestContext>>(First + 3);
        server.On<ValidatePushedAuthorizationRequestContext, CheckChallenge<ValidatePushedAuthorizationRequestContext>>(First + 4);
        server.On<ValidatePushedAuthorizationRequestContext, ReadKeyThumbprint<ValidatePushedAuthorizationRequestContext>>(First + 5);
        server.On<ValidatePushedAuthorizationRequestContext, CheckState<ValidatePushedAuthorizationRequestContext>>(First + 6);
        server.On<HandlePushedAuthorizationRequestContext, LimitPushedRequests>(First);
        server.On<HandlePushedAuthorizationRequestContext, RememberPushedProof>(First + 1);
    }

    private static void AddToken(OpenIddictServerBuilder server)
    {
        server.On<ValidateTokenRequestContext, RefuseRepeats<ValidateTokenRequestContext>>(First);
        server.On<ValidateTokenRequestContext, CheckProof<ValidateTokenRequestContext>>(First + 1);
        server.On<ValidateTokenRequestContext, ReadResource<ValidateTokenRequestContext>>(First + 2);
        server.On<ValidateTokenRequestContext, ReadScope<ValidateTokenRequestContext>>(First + 3);
        server.On<ValidateTokenRequestContext, CheckVerifier>(First + 4);
        server.On<ValidateTokenRequestContext, CheckGrant>(OpenIddictServerHandlers.Exchange.ValidateGrantedScopes.Descriptor.Order);
        server.RemoveEventHandler(OpenIddictServerHandlers.Exchange.ValidateGrantedScopes.Descriptor);
        server.RemoveEventHandler(OpenIddictServerHandlers.Exchange.ValidateScopeParameter.Descriptor);
        server.RemoveEventHandler(OpenIddictServerHandlers.Exchange.ValidateAudienceParameter.Descriptor);

        server.On<HandleTokenRequestContext, IssueToClient>(OpenIddictServerHandlers.Exchange.AttachPrincipal.Descriptor.Order + 1);
        server.On<ProcessSignInContext, AccessTokenClaims>(OpenIddictServerHandlers.PrepareAccessTokenPrincipal.Descriptor.Order + 1);
        server.On<GenerateTokenContext, NoTokenEntry>(First);
        server.On<ProcessSignInContext, TokenAnswer>(OpenIddictServerHandlers.AttachSignInParameters.Descriptor.Order + 1);
    }

    private static void AddAuthentication(OpenIddictServerBuilder server)
    {
        var assertion = OpenIddictServerHandlers.ValidateClientAssertion.Descriptor;
        server.On<ProcessAuthenticationContext, LimitFailures>(assertion.Order - 1);
        server.On<ProcessAuthenticationContext, JudgeAssertion>(assertion.Order);
        server.RemoveEventHandler(assertion);
        server.RemoveEventHandler(OpenIddictServerHandlers.ValidateClientAssertionWellknownClaims.Descriptor);
        server.RemoveEventHandler(OpenIddictServerHandlers.ValidateClientAssertionIssuer.Descriptor);
        server.On<ProcessAuthenticationContext, CheckMethod>(OpenIddictServerHandlers.ValidateClientId.Descriptor.Order + 1);
    }

    private static void AddQuestions(OpenIddictServerBuilder server)
    {
        server.On<ValidateIntrospectionRequestContext, RefuseRepeats<ValidateIntrospectionRequestContext>>(First);
        server.On<ValidateIntrospectionRequestContext, MayAsk>(OpenIddictServerHandlers.Introspection.ValidateAuthorizedParty.Descriptor.Order);
        server.On<HandleIntrospectionRequestContext, DescribeToken>(OpenIddictServerHandlers.Introspection.AttachMetadataClaims.Descriptor.Order);
        server.On<ApplyIntrospectionResponseContext, IntrospectionAnswer>(OpenIddictServerHandlers.Introspection.NormalizeErrorResponse.Descriptor.Order + 1);
        server.RemoveEventHandler(OpenIddictServerHandlers.Introspection.ValidateAuthorizedParty.Descriptor);
        server.RemoveEventHandler(OpenIddictServerHandlers.Introspection.ValidateTokenType.Descriptor);
        server.RemoveEventHandler(OpenIddictServerHandlers.Introspection.AttachMetadataClaims.Descriptor);
        server.RemoveEventHandler(OpenIddictServerHandlers.Introspection.AttachApplicationClaims.Descriptor);

        server.On<ValidateRevocationRequestContext, RefuseRepeats<ValidateRevocationRequestContext>>(First);
        server.On<ValidateTokenContext, FindRefreshToken>(OpenIddictServerHandlers.Protection.ValidateReferenceTokenIdentifier.Descriptor.Order - 1);
        server.On<ValidateRevocationRequestContext, MayRevoke>(OpenIddictServerHandlers.Revocation.ValidateAuthorizedParty.Descriptor.Order);
        server.On<HandleRevocationRequestContext, RevokeGrant>(OpenIddictServerHandlers.Revocation.RevokeToken.Descriptor.Order);
        server.RemoveEventHandler(OpenIddictServerHandlers.Revocation.ValidateAuthorizedParty.Descriptor);
        server.RemoveEventHandler(OpenIddictServerHandlers.Revocation.ValidateTokenType.Descriptor);
        server.RemoveEventHandler(OpenIddictServerHandlers.Revocation.RevokeToken.Descriptor);
    }

    private static void AddAnswers(OpenIddictServerBuilder server)
    {
        server.On<ApplyAuthorizationResponseContext, RedirectErrors>(OpenIddictServerHandlers.Authentication.AttachIssuer.Descriptor.Order + 1);
        server.On<ApplyJsonWebKeySetResponseContext, KeyCache>(BeforeWriting);
        server.On<ApplyTokenResponseContext, RefusalAnswer<ApplyTokenResponseContext>>(BeforeWriting);
        server.On<ApplyPushedAuthorizationResponseContext, RefusalAnswer<ApplyPushedAuthorizationResponseContext>>(BeforeWriting);
        server.On<ApplyIntrospectionResponseContext, RefusalAnswer<ApplyIntrospectionResponseContext>>(BeforeWriting);
        server.On<ApplyRevocationResponseContext, RefusalAnswer<ApplyRevocationResponseContext>>(BeforeWriting);
        server.RemoveEventHandler(OpenIddictServerAspNetCoreHandlers.AttachWwwAuthenticateHeader<ApplyTokenResponseContext>.Descriptor);
        server.RemoveEventHandler(OpenIddictServerAspNetCoreHandlers.AttachWwwAuthenticateHeader<ApplyPushedAuthorizationResponseContext>.Descriptor);
        server.RemoveEventHandler(OpenIddictServerAspNetCoreHandlers.AttachWwwAuthenticateHeader<ApplyIntrospectionResponseContext>.Descriptor);
        server.RemoveEventHandler(OpenIddictServerAspNetCoreHandlers.AttachWwwAuthenticateHeader<ApplyRevocationResponseContext>.Descriptor);
    }

    /// <summary>Adds a handler of ours. All are scoped: some need the clients, which are of one request.</summary>
    private static void On<TContext, THandler>(this OpenIddictServerBuilder server, int order)
        where TContext : BaseContext
        where THandler : class, IOpenIddictServerHandler<TContext> =>
        server.AddEventHandler<TContext>(handler => handler.UseScopedHandler<THandler>().SetOrder(order));
}

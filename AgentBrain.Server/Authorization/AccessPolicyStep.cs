namespace AgentBrain.Server.Authorization;

/// <summary>Step 4, second half: cuts the caller's rights down to what the policy allows on this brain. Who has none gets no challenge, since no token would help.</summary>
internal sealed class AccessPolicyStep(RequestDelegate next, IAccessPolicy policy, Refuser refuser)
{
    /// <summary>Runs the step.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (RequestedResource.Of(context) is not { } resource)
            return next(context);

        if (CallerIdentity.Of(context.User) is not { } identity || identity.Caller.Resource != resource.Uri)
            return refuser.RefuseAsync(context, new Refusal(StatusCodes.Status403Forbidden, Reasons.NoCaller, "The request has no caller."));

        if (policy.MaximumFor(identity.Caller, resource) is not { } allowed)
            return refuser.RefuseAsync(context, new Refusal(StatusCodes.Status403Forbidden, Reasons.NotEntitled, "This caller has no access to this brain."));

        identity.Restrict(allowed);
        return next(context);
    }
}

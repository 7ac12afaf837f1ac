using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.Grants;
using AgentBrain.Server.AuthorizationServer.Pages;
using AgentBrain.Server.AuthorizationServer.Storage;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>The owner's account: password, passkeys, signed-in browsers. What changes how one signs in asks for a proof that is at most five minutes old.</summary>
internal sealed class AccountEndpoints(
    AuthorityStore store, OwnerSessions sessions, PasswordChange password, Passkeys passkeys, PasskeyPlace place, GrantStore grants, Refuser refuser, TimeProvider time)
{
    /// <summary>Maps it.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPage(EndpointPaths.Account, context => ActAsync(context, isSensitive: false, owner => PageAsync(owner)));
        endpoints.MapForm(EndpointPaths.AccountPassword, context => ActAsync(context, isSensitive: false, owner => ChangePasswordAsync(context, owner)));
        endpoints.MapPage(EndpointPaths.AccountNewPasskey, context => ActAsync(context, isSensitive: true, owner => OfferPasskeyAsync(context, owner))).WithMetadata(new PageScript());
        endpoints.MapForm(EndpointPaths.AccountPasskeys, context => ActAsync(context, isSensitive: true, owner => AddPasskeyAsync(context, owner)));
        endpoints.MapForm(EndpointPaths.AccountRenamePasskey, context => ActAsync(context, isSensitive: true, owner => RenamePasskeyAsync(context, owner)));
        endpoints.MapForm(EndpointPaths.AccountRemovePasskey, context => ActAsync(context, isSensitive: true, owner => RemovePasskeyAsync(context, owner)));
        endpoints.MapForm(EndpointPaths.AccountEndSession, context => ActAsync(context, isSensitive: false, owner => EndSessionAsync(context, owner)));
        endpoints.MapForm(EndpointPaths.AccountSignOut, context => ActAsync(context, isSensitive: false, _ => SignOutEverywhereAsync(context)));
    }

    /// <summary>Finds out who is there, and asks for a newer proof where one is needed. The form is not sent on: what was wished is done again by hand.</summary>
    private async Task<IResult> ActAsync(HttpContext context, bool isSensitive, Func<SignedInOwner, Task<IResult>> act)
    {
        // A form cannot be come back to by a link; its page can.
        var page = HttpMethods.IsGet(context.Request.Method) ? context.Request.Path.Value! : EndpointPaths.Account;
        if (await sessions.FindAsync(context) is not { } owner)
            return SeeOther.To(ReturnPath.SignIn(page));

        return isSensitive && !owner.IsFresh(time) ? SeeOther.To(ReturnPath.SignInAgain(page)) : await act(owner);
    }

    private async Task<IResult> ChangePasswordAsync(HttpContext context, SignedInOwner owner)
    {
        var form = context.Request.Form;
        var (current, complaint) = await password.ChangeAsync(
            context, owner, form[SignInFields.Password].ToString(), form[SignInFields.NewPassword].ToString(), form[SignInFields.Repeat].ToString());
        if (complaint is not null)
            return await PageAsync(owner, error: complaint);

        if (current.Reason is { } reason)
        {
            refuser.Note(context, reason, StatusCodes.Status429TooManyRequests);
            return await PageAsync(owner, error: SignInEndpoints.TooMany(context, current.RetryAfter), status: StatusCodes.Status429TooManyRequests);
        }

        return current.OwnerId is null
            ? await PageAsync(owner, error: "That is not the current password.", status: StatusCodes.Status403Forbidden)
            : await PageAsync(owner, done: "The password is changed, and other browsers are signed out. If somebody else knew it, disconnect all clients below as well.");
    }

    private async Task<IResult> OfferPasskeyAsync(HttpContext context, SignedInOwner owner) => place.Obstacle is { } obstacle
        ? await PageAsync(owner, error: obstacle)
        : Page.Render<NewPasskeyPage, NewPasskeyView>(new NewPasskeyView(await passkeys.OfferAsync(context, owner)));

    private async Task<IResult> AddPasskeyAsync(HttpContext context, SignedInOwner owner)
    {
        var form = context.Request.Form;
        return await passkeys.AddAsync(context, owner, form[SignInFields.Credential], form[SignInFields.Name])
            ? SeeOther.To(EndpointPaths.Account)
            : await PageAsync(owner, error: "The passkey was not accepted. Try again; it must verify you by fingerprint, face or PIN.");
    }

    private async Task<IResult> RenamePasskeyAsync(HttpContext context, SignedInOwner owner)
    {
        var form = context.Request.Form;
        return await passkeys.RenameAsync(owner, form[SignInFields.Id], form[SignInFields.Name]) ? SeeOther.To(EndpointPaths.Account) : await GoneAsync(owner);
    }

    private async Task<IResult> RemovePasskeyAsync(HttpContext context, SignedInOwner owner) =>
        await passkeys.RemoveAsync(owner, context.Request.Form[SignInFields.Id], Prefix(context)) ? SeeOther.To(EndpointPaths.Account) : await GoneAsync(owner);

    private async Task<IResult> EndSessionAsync(HttpContext context, SignedInOwner owner)
    {
        var id = context.Request.Form[SignInFields.Id].ToString();
        await sessions.EndAsync(id, Prefix(context));
        if (id != owner.Session.Id)
            return SeeOther.To(EndpointPaths.Account);

        sessions.Hide(context);
        return SeeOther.To(EndpointPaths.SignIn);
    }

    private async Task<IResult> SignOutEverywhereAsync(HttpContext context)
    {
        var (prefix, revokes) = (Prefix(context), context.Request.Form[SignInFields.RevokeGrants] == "true");
        var revoked = await store.WriteAsync(async database =>
        {
            // A sign-in that was verified just before is to open no session just after.
            if (await OwnerAccounts.FindAsync(database) is { } account)
                OwnerAccounts.Stamp(account);

            await sessions.EndAllAsync(database, prefix);
            return revokes ? await grants.RevokeAllAsync(database, ActivityKinds.SignedOut, prefix) : [];
        });
        grants.Publish(revoked);
        sessions.Hide(context);
        return SeeOther.To(EndpointPaths.SignIn);
    }

    private Task<IResult> GoneAsync(SignedInOwner owner) => PageAsync(owner, error: "That passkey is not there any more.");

    private async Task<IResult> PageAsync(SignedInOwner owner, string? error = null, string? done = null, int? status = null)
    {
        // The form may have lost against a reset, or against another browser that ended this one's session; then this page is not theirs any more.
        if (!await store.ReadAsync(database => sessions.IsOpenAsync(database, owner)))
            return SeeOther.To(ReturnPath.SignIn(EndpointPaths.Account));

        var account = await store.ReadAsync(OwnerAccounts.FindAsync);
        var view = new AccountView
        {
            PasswordSetAt = account!.PasswordSetAt,
            Passkeys = [.. (await passkeys.ListAsync()).Select(static passkey => new PasskeyLine(Passkeys.IdOf(passkey), passkey.Data.Name ?? "", passkey.Data.CreatedAt))],
            PasskeyObstacle = place.Obstacle,
            Sessions = [.. (await sessions.ListAsync()).Select(session => new SessionLine(
                session.Id, session.UserAgent ?? "unknown", session.AddressPrefix, session.Method, session.CreatedAt, session.LastUsedAt, session.Id == owner.Session.Id))],
            Error = error,
            Done = done,
        };
        return Page.Render<AccountPage, AccountView>(view, status ?? (error is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest));
    }

    private static string Prefix(HttpContext context) => AddressPrefix.Of(context.Connection.RemoteIpAddress);
}

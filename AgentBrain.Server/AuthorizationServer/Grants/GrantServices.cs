using AgentBrain.Server.AuthorizationServer.Grants.Exchange;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Grants;

/// <summary>Adds grants, their codes and their refresh tokens.</summary>
internal static class GrantServices
{
    /// <summary>Adds them, and puts them in the place of OpenIddict's own.</summary>
    public static void AddGrants(this IServiceCollection services)
    {
        services.AddSingleton<GrantStore>().AddSingleton<GrantMirror>().AddSingleton<GrantMisuse>();
        services.AddSingleton<CodeRedemption>().AddSingleton<RefreshTokens>().AddSingleton<RefreshRotation>();
        services.AddSingleton<GrantSweeper>().AddHostedService(static provider => provider.GetRequiredService<GrantSweeper>());
        services.AddOpenIddict().AddServer(static server =>
        {
            server.AddEventHandler(RecognizeToken.Descriptor);
            server.AddEventHandler(RefuseOtherClient.Descriptor);
            server.AddEventHandler(RedeemToken.Descriptor);
            server.AddEventHandler(AttachRefreshToken.Descriptor);

            // It has no refresh tokens here. Should one ever come to be, a use of it would be its last.
            server.SetRefreshTokenReuseLeeway(TimeSpan.Zero);
        });
    }

    /// <summary>Loads what was revoked, before the first token is judged.</summary>
    public static void PrepareGrants(this IServiceProvider services)
    {
        using var context = services.GetRequiredService<IDbContextFactory<AuthorityContext>>().CreateDbContext();
        services.GetRequiredService<GrantMirror>().Load(context);
    }
}

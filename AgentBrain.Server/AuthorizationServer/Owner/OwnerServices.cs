using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>Puts the owner together: account, setup, sign-in, sessions, passkeys.</summary>
internal static class OwnerServices
{
    /// <summary>Iterations of PBKDF2-HMAC-SHA-512. A hash with fewer is replaced at the next sign-in.</summary>
    public const int PasswordIterations = 210_000;

    /// <summary>Adds it.</summary>
    public static void AddOwner(this IServiceCollection services, AuthorizationServerSettings settings)
    {
        services.AddIdentityCore<OwnerAccount>().AddEntityFrameworkStores<AuthorityContext>();
        services.Configure<PasswordHasherOptions>(static options =>
        {
            options.CompatibilityMode = PasswordHasherCompatibilityMode.IdentityV3;
            options.IterationCount = PasswordIterations;
        });

        // Without state, and asked by a service that lives as long as the program.
        services.RemoveAll<IPasswordHasher<OwnerAccount>>();
        services.AddSingleton<IPasswordHasher<OwnerAccount>, PasswordHasher<OwnerAccount>>();

        services.AddSingleton<OwnerPresence>().AddSingleton<OwnerCookies>().AddSingleton<OwnerSessions>().AddSingleton<OwnerAccounts>();
        services.AddSingleton<SetupGuesses>().AddSingleton<SetupLinks>().AddSingleton<SetupFile>().AddSingleton<OwnerSetup>().AddSingleton<SetupNotice>();
        services.TryAddSingleton<ISetupTerminal, ErrorTerminal>();
        services.AddSingleton<PasswordHashing>().AddSingleton<SignInBudget>().AddSingleton<KnownBrowsers>().AddSingleton<SignInLimits>();
        services.AddSingleton<PasswordSignIn>().AddSingleton<SignInCompletion>().AddSingleton<AnsweredPrompts>();
        services.AddSingleton<SetupEndpoints>().AddSingleton<SignInEndpoints>().AddSingleton<AccountEndpoints>();
        services.AddSingleton<OwnerReset>().AddSingleton<PasswordChange>();
        services.AddPasskeys(new PasskeyPlace(settings));
    }

    /// <summary>Finds out whether there is an owner, and makes one from the password file.</summary>
    /// <exception cref="Configuration.ConfigurationException">The password file is of no use.</exception>
    public static void PrepareOwner(this IServiceProvider services)
    {
        using (var context = services.GetRequiredService<IDbContextFactory<AuthorityContext>>().CreateDbContext())
            services.GetRequiredService<OwnerPresence>().Load(context);

        services.GetRequiredService<OwnerSetup>().ApplyPasswordFileAsync().GetAwaiter().GetResult();

        // It takes a tenth of a second, which the start need not wait for.
        _ = Task.Run(services.GetRequiredService<PasswordHashing>().Warm);
    }

    /// <summary>Maps the pages.</summary>
    public static void MapOwner(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        services.GetRequiredService<SetupEndpoints>().Map(endpoints);
        services.GetRequiredService<SignInEndpoints>().Map(endpoints);
        services.GetRequiredService<AccountEndpoints>().Map(endpoints);
        endpoints.MapScript(EndpointPaths.SetupScript, "setup.js");
        endpoints.MapScript(EndpointPaths.PasskeyScript, "passkeys.js");
    }

    private static void AddPasskeys(this IServiceCollection services, PasskeyPlace place)
    {
        services.AddSingleton(place);
        services.AddSingleton<PasskeyStates>().AddSingleton<PasskeySignIn>().AddSingleton<Passkeys>();
        services.AddScoped<IPasskeyHandler<OwnerAccount>, PasskeyHandler<OwnerAccount>>();
        services.Configure<IdentityPasskeyOptions>(options =>
        {
            options.ServerDomain = place.Host;
            options.AuthenticatorTimeout = PasskeyStates.Lifetime;
            options.ChallengeSize = 32;
            options.UserVerificationRequirement = "required";

            // The sign-in page names no credential, so the authenticator must find it by itself.
            options.ResidentKeyRequirement = "required";
            options.AttestationConveyancePreference = "none";
            options.ValidateOrigin = context => ValueTask.FromResult(context.Origin == place.Origin && !context.CrossOrigin);
        });
    }
}

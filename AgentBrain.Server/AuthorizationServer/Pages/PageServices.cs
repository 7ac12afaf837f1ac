using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Endpoints;

namespace AgentBrain.Server.AuthorizationServer.Pages;

/// <summary>Adds what pages need, and maps what all of them load.</summary>
internal static class PageServices
{
    /// <summary>Adds it.</summary>
    public static void AddPages(this IServiceCollection services, AuthorizationServerSettings settings)
    {
        var isSecure = new Uri(settings.Issuer).Scheme == Uri.UriSchemeHttps;
        services.AddRazorComponents();
        services.AddAntiforgery(options =>
        {
            options.FormFieldName = "form";
            options.HeaderName = null;
            options.Cookie.Name = isSecure ? "__Host-ab-form" : "ab-form";
            options.Cookie.Path = "/";
            options.Cookie.HttpOnly = true;

            // Lax: a login that begins in another window must not make the forms of the open ones invalid.
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = isSecure ? CookieSecurePolicy.Always : CookieSecurePolicy.None;
            options.SuppressXFrameOptionsHeader = true;
        });

        // It warns on each page that it overrides our Cache-Control, with the same; refusals are logged by us.
        services.AddLogging(static logging => logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error));
        services.AddSingleton<FormRules>();
        services.AddSingleton<StyleSheet>();
        services.AddSingleton<IRefusalPages, RefusalPages>();
    }

    /// <summary>Maps the style sheet.</summary>
    public static void MapPages(this IEndpointRouteBuilder endpoints)
    {
        var styles = endpoints.ServiceProvider.GetRequiredService<StyleSheet>();
        endpoints.Map(EndpointPaths.Styles, styles.WriteAsync).WithMetadata(new OwnOriginRules(), new AuthorizationServerEndpoint()).AllowAnonymous();
    }

    /// <summary>Says of an endpoint that it is a page: it judges by itself who is signed in, and <see cref="PageGuard"/> watches over it.</summary>
    public static TBuilder AsPage<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new PageEndpoint(), new OwnOriginRules(), new AuthorizationServerEndpoint()).AllowAnonymous();
}

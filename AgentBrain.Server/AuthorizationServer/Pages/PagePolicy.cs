namespace AgentBrain.Server.AuthorizationServer.Pages;

/// <summary>The headers of pages: nothing but the page itself is loaded, framed, cached or told to others.</summary>
internal static class PagePolicy
{
    private const string Permissions =
        "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), "
        + "payment=(), publickey-credentials-create=(self), publickey-credentials-get=(self), usb=(), xr-spatial-tracking=()";

    /// <summary>Sets them.</summary>
    /// <param name="context">The request of a page.</param>
    /// <param name="formTarget">Where else a form of the page may lead to, by a redirect of its answer too: a CSP source such as <c>https://host</c> or <c>cursor:</c>.</param>
    public static void Apply(HttpContext context, string? formTarget = null)
    {
        var headers = context.Response.Headers;
        var script = context.GetEndpoint()?.Metadata.GetMetadata<PageScript>() is null ? "" : " script-src 'self'; connect-src 'self';";
        var form = formTarget is null ? "'self'" : $"'self' {formTarget}";
        headers.ContentSecurityPolicy =
            $"default-src 'none';{script} style-src 'self'; img-src 'self' data:; form-action {form}; frame-ancestors 'none'; base-uri 'none'";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = Permissions;
        headers.CacheControl = "no-store";
    }
}

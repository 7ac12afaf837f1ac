using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace AgentBrain.Server.AuthorizationServer.Pages;

/// <summary>
/// May this POST change anything? Only when one of our own pages sent it: the browser says so (<c>Sec-Fetch-Site</c>,
/// <c>Origin</c>), and it has the token that only our pages have (SR-29).
/// </summary>
/// <param name="settings">The settings.</param>
/// <param name="antiforgery">Knows the tokens.</param>
internal sealed class FormRules(AuthorizationServerSettings settings, IAntiforgery antiforgery)
{
    /// <summary>Most bytes of a form.</summary>
    public const int MaxBytes = 64 * 1024;

    private static readonly FormOptions Limits = new()
    {
        BufferBody = false,
        BufferBodyLengthLimit = MaxBytes,
        KeyLengthLimit = 128,
        ValueLengthLimit = 16 * 1024,
        ValueCountLimit = 64,
    };

    private readonly string _origin = new Uri(settings.Issuer).GetLeftPart(UriPartial.Authority);

    /// <summary>Reads the form; what is wrong with it, or <c>null</c>.</summary>
    public async Task<Problem?> JudgeAsync(HttpContext context)
    {
        if (!IsOwnPage(context.Request.Headers))
            return new Problem(StatusCodes.Status403Forbidden, "This form did not come from here", "The request was sent by another page, so nothing was changed. Open the page again at this server's own address and repeat what you did.", Reasons.FormCrossSite);

        if (!IsForm(context.Request))
            return new Problem(StatusCodes.Status415UnsupportedMediaType, "This is not a form", "Only forms of this server's own pages are taken here.", Reasons.FormType);

        if (context.Request.ContentLength > MaxBytes || !await ReadAsync(context))
            return new Problem(StatusCodes.Status413PayloadTooLarge, "Too much was sent", "The form is larger than any of this server's own, or did not arrive whole. Nothing was changed.", Reasons.FormTooLarge);

        return await antiforgery.IsRequestValidAsync(context)
            ? null
            : new Problem(StatusCodes.Status403Forbidden, "This page is no longer valid", "The page was open for too long, or cookies are off. Nothing was changed. Go back, load the page again, and repeat what you did.", Reasons.FormToken);
    }

    /// <summary>
    /// Our pages have <c>Referrer-Policy: no-referrer</c>, which makes browsers send <c>Origin: null</c>; then, and where there is no
    /// Origin, it is <c>Sec-Fetch-Site</c> that decides. No script can set either.
    /// </summary>
    private bool IsOwnPage(IHeaderDictionary headers)
    {
        var (origin, site) = (headers.Origin, headers["Sec-Fetch-Site"]);
        if (site.Count > 0 && site is not ["same-origin"])
            return false;

        return origin.Count switch
        {
            0 => site.Count > 0,
            1 => origin[0] == _origin || (origin[0] == "null" && site.Count > 0),
            _ => false,
        };
    }

    private static bool IsForm(HttpRequest request) => request.Headers.ContentType is [{ } value]
        && MediaTypeHeaderValue.TryParse(value, out var type)
        && type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
        && (type.Charset.Length == 0 || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private static async Task<bool> ReadAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = MaxBytes;

        context.Features.Set<IFormFeature>(new FormFeature(context.Request, Limits));
        try
        {
            await context.Request.ReadFormAsync(context.RequestAborted);
            return true;
        }
        catch (Exception exception) when (exception is InvalidDataException or BadHttpRequestException)
        {
            return false;
        }
    }
}

using System.Security.Cryptography;

namespace AgentBrain.Server.AuthorizationServer.Pages;

/// <summary>The one style sheet. Its address has its digest, so browsers may keep it for a year and still never show an old one.</summary>
internal sealed class StyleSheet
{
    private readonly byte[] _content;

    /// <summary>Reads it from the program.</summary>
    public StyleSheet()
    {
        using var stream = typeof(StyleSheet).Assembly.GetManifestResourceStream("pages.css") ?? throw new InvalidOperationException("The style sheet is not part of the program.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        _content = copy.ToArray();
        Version = Base64UrlText.Encode(SHA256.HashData(_content).AsSpan(0, 9));
    }

    /// <summary>Its digest, shortened.</summary>
    public string Version { get; }

    /// <summary>Answers a request for it.</summary>
    public Task WriteAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ETag = $"\"{Version}\"";
        headers.CacheControl = "public, max-age=31536000, immutable";
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            headers.CacheControl = "no-store";
            headers.Allow = "GET";
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return Task.CompletedTask;
        }

        if (context.Request.Headers.IfNoneMatch.Contains(headers.ETag.ToString()))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        context.Response.ContentType = "text/css; charset=utf-8";
        context.Response.ContentLength = _content.Length;
        return context.Response.Body.WriteAsync(_content, context.RequestAborted).AsTask();
    }
}

using AgentBrain.Server.AuthorizationServer.Endpoints;
using Microsoft.AspNetCore.WebUtilities;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>
/// Where a browser goes after it signed in. Only pages of this server: the authorization endpoint with its query, and a fixed list.
/// Whatever else the text may be, it is not judged further but replaced, so there is nothing to get around.
/// </summary>
internal static class ReturnPath
{
    /// <summary>Most characters of one, and of the address of the sign-in page with it: what Kestrel takes in a request line, less the rest of that line.</summary>
    public const int MaxLength = 8192 - 32;

    /// <summary>Where to go when there is no other place.</summary>
    public const string Default = EndpointPaths.Account;

    private const string AuthorizeRequest = EndpointPaths.Authorize + "?";

    private static readonly string[] Pages =
    [
        EndpointPaths.Account, EndpointPaths.Console, EndpointPaths.Consent,
    ];

    /// <summary>The path, if it is one of ours; else <see cref="Default"/>.</summary>
    public static string Of(string? text) => IsOurs(text) ? text! : Default;

    /// <summary>Is it one of ours?</summary>
    public static bool IsOurs(string? text) =>
        text is { Length: > 0 and <= MaxLength }
        && IsPlain(text)
        && (text.StartsWith(AuthorizeRequest, StringComparison.Ordinal) || Pages.Any(page => IsWithin(text, page)));

    /// <summary>The sign-in page that comes back to a path.</summary>
    public static string SignIn(string path) => QueryHelpers.AddQueryString(EndpointPaths.SignIn, SignInFields.Return, path);

    /// <summary>The page on which a signed-in owner proves again who they are, and that comes back to a path.</summary>
    public static string SignInAgain(string path) => QueryHelpers.AddQueryString(EndpointPaths.SignIn, SignInFields.Again, path);

    /// <summary>The page itself, one below it, or it with a query; and no dots that browsers would resolve.</summary>
    private static bool IsWithin(string text, string page) =>
        text.StartsWith(page, StringComparison.Ordinal)
        && (text.Length == page.Length || text[page.Length] is '/' or '?')
        && text.AsSpan(0, text.IndexOf('?') is var query and >= 0 ? query : text.Length) is var path
        && !path.Contains("//", StringComparison.Ordinal)
        && !path.ContainsAny('.', '%');

    /// <summary>The visible characters of ASCII, without those that browsers read as something else than a path: backslash, and a fragment's sign.</summary>
    private static bool IsPlain(string text) => text.All(static c => c is > ' ' and <= '~' and not ('\\' or '#'));
}

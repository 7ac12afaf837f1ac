using AgentBrain.Server.Brains;
using ModelContextProtocol.Protocol;

namespace AgentBrain.Server.Mcp.Resources;

/// <summary>
/// <c>file://{+path}</c>: an indexed file as it is on the disk now. Everything that may not be read looks alike: outside of the roots,
/// hidden, a link, missing, never indexed, too large.
/// </summary>
/// <param name="read">Reads an indexed file by a path that is absolute or begins with a root's label; null for everything else.</param>
internal sealed class FileResource(Func<OpenBrain, string, FileContent?> read) : ITemplatedResource
{
    private const int MaxBytes = 10 * 1024 * 1024;

    /// <inheritdoc />
    public ResourceTemplate Entry { get; } = new()
    {
        UriTemplate = "file://{+path}",
        Name = "file",
        Title = "Indexed file",
        Description = "An indexed file, whole: file:///absolute/path below a root, or file:///<root>/<path> as results name it. At most 10 MiB.",
    };

    /// <inheritdoc />
    public bool Owns(ResourceUri uri) => uri.Scheme == "file";

    /// <inheritdoc />
    public ResourceContents? Read(ResourceUri uri, CallContext caller)
    {
        // Once and only once: a path that is still escaped after this is the name of a file with a percent sign in it. A question mark
        // or number sign is part of the path too, since {+path} leaves reserved characters as they are.
        var path = Uri.UnescapeDataString(uri.Rest);
        if (path.Trim('/').Length == 0)
        {
            throw new BrainException(
                BrainFault.InvalidArgument,
                "missing_path",
                "The URI names no file: write file:///<absolute path> below a root, or file:///<root>/<path>.");
        }

        return Find(path, caller.Brain) is { } content && content.Bytes.Length <= MaxBytes ? Describe(uri, content, caller) : null;
    }

    /// <summary>An empty authority is followed by an absolute path, or by a root's label; any other authority is a root's label.</summary>
    private FileContent? Find(string path, OpenBrain brain)
    {
        if (path[0] != '/')
        {
            // A drive letter is an absolute path where there are drives; "file://C:/x" has none of the forms.
            return Path.IsPathFullyQualified(path) ? null : read(brain, path);
        }

        return (Path.IsPathFullyQualified(path) ? read(brain, path) : null) ?? read(brain, path[1..]);
    }

    private static ResourceContents Describe(ResourceUri uri, FileContent content, CallContext caller)
    {
        var source = caller.Show(content.File.Path);
        return content.Text is { } text
            ? Contents.OfText(uri, MimeTypes.OfText(content.File), text, source)
            : Contents.OfBytes(uri, MimeTypes.OfBytes(content.File), content.Bytes, source);
    }
}

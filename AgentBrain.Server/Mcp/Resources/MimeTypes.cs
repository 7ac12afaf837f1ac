using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Mcp.Resources;

/// <summary>The type of an indexed file's content, from its name and format. Never guessed from the content, which is not ours.</summary>
internal static class MimeTypes
{
    /// <summary>The type of a file that is text.</summary>
    public static string OfText(IndexedFile file) => file.Format switch
    {
        DocumentFormat.Markdown => "text/markdown",
        DocumentFormat.Html => "text/html",
        _ => Path.GetExtension(file.Path.Relative).ToLowerInvariant() switch
        {
            ".json" => "application/json",
            ".xml" => "application/xml",
            ".yaml" or ".yml" => "application/yaml",
            ".css" => "text/css",
            ".js" or ".mjs" or ".cjs" => "text/javascript",
            ".csv" => "text/csv",
            ".rst" => "text/x-rst",
            _ => file.Format == DocumentFormat.Code ? "text/x-" + file.Language : "text/plain",
        },
    };

    /// <summary>The type of a file that is not text.</summary>
    public static string OfBytes(IndexedFile file) => file.Format == DocumentFormat.Pdf ? "application/pdf" : "application/octet-stream";
}

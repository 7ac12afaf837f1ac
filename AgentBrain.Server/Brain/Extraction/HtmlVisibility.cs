using System.Collections.Frozen;
using AngleSharp.Dom;

namespace AgentBrain.Server.Brains.Extraction;

/// <summary>Says which elements a reader does not read.</summary>
internal static class HtmlVisibility
{
    private static readonly FrozenSet<string> Dropped = new[]
    {
        "script", "style", "nav", "template", "noscript", "svg", "canvas", "iframe", "object", "embed", "audio", "video",
        "button", "select", "input", "textarea", "datalist", "dialog", "math",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>True when the element and all in it are left out.</summary>
    public static bool IsDropped(IElement element)
    {
        if (Dropped.Contains(element.LocalName) || element.HasAttribute("hidden") || element.GetAttribute("aria-hidden") == "true")
            return true;

        var style = element.GetAttribute("style");
        if (style is null)
            return false;
        var compact = style.Replace(" ", "", StringComparison.Ordinal);
        return compact.Contains("display:none", StringComparison.OrdinalIgnoreCase)
            || compact.Contains("visibility:hidden", StringComparison.OrdinalIgnoreCase);
    }
}

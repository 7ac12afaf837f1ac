using System.Globalization;
using System.Text;
using System.Text.Json;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Mcp.Tools.Contracts;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary>Writes search results for readers, since many clients show a model the text alone.</summary>
internal static class SearchText
{
    /// <summary>Longer chunks are cut here; the structured content has them whole.</summary>
    private const int MaxExcerpt = 1500;
    private const int MaxLine = 240;
    private static readonly string[] Facts = ["language", "symbol_name", "heading_path", "title", "page"];

    /// <summary>The results as text: a line of facts each, then the excerpt.</summary>
    public static string Write(SearchDocumentsResult result)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Counted.Of(result.TotalResults, "result")} for '{Given.OneLine(result.Query, 200)}' (mode {result.Mode}, {result.QueryTimeMs:0.#} ms).");
        if (result.Notice is { } notice)
        {
            text.Append(' ').Append(notice);
        }

        if (result.TotalResults == 0)
        {
            return text.Append(" Try other words or fewer filters; list_folders shows what is indexed.").ToString();
        }

        text.Append('\n').Append(QuotedText.Warning).Append('\n');
        for (var i = 0; i < result.Results.Count; i++)
        {
            Append(text, i + 1, result.Results[i]);
        }

        return text.ToString();
    }

    /// <summary>An excerpt, quoted and cut.</summary>
    public static string Excerpt(string text, string chunkId)
    {
        if (text.Length <= MaxExcerpt)
        {
            return QuotedText.Quote(text);
        }

        var end = char.IsHighSurrogate(text[MaxExcerpt - 1]) ? MaxExcerpt - 1 : MaxExcerpt;
        return $"{QuotedText.Quote(text[..end])}\n({Counted.Of(text.Length - end, "more character")}: read chunk://{chunkId})";
    }

    private static void Append(StringBuilder text, int number, SearchResultItem item)
    {
        var facts = Facts
            .Where(item.Metadata.ContainsKey)
            .Select(name => name == "page" ? "page " + item.Metadata[name] : item.Metadata[name].ToString());
        text.Append(CultureInfo.InvariantCulture, $"\n{number}. {Given.OneLine(item.Source, MaxLine)}:{Line(item, "start_line")}-{Line(item, "end_line")}");
        text.Append(CultureInfo.InvariantCulture, $" · score {item.Score:0.###} · {Given.OneLine(string.Join(" · ", facts), MaxLine)} · {item.ChunkId}\n");
        if (item.Explanation is { } explanation)
        {
            text.Append("Why: ").Append(explanation.Reason).Append('\n');
        }

        text.Append(Excerpt(item.Text, item.ChunkId)).Append('\n');
    }

    private static JsonElement Line(SearchResultItem item, string name) => item.Metadata[name];
}

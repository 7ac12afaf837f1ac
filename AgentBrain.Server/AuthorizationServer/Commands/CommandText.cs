using System.Collections.Immutable;
using System.Text.Json.Nodes;
using AgentBrain.Server.Authorization;

namespace AgentBrain.Server.AuthorizationServer.Commands;

/// <summary>How commands write what they list.</summary>
internal static class CommandText
{
    /// <summary>Most rows of a list; what is beyond is counted.</summary>
    public const int MaxRows = 500;

    private const int MaxCell = 100;

    /// <summary>Rows under headings, in columns.</summary>
    /// <param name="headings">The headings.</param>
    /// <param name="rows">The cells, which strangers may have written.</param>
    /// <param name="total">How many rows there are in all.</param>
    public static ImmutableArray<string> Table(string[] headings, IEnumerable<string[]> rows, int total)
    {
        string[][] all = [headings, .. rows.Select(static row => row.Select(static cell => LogText.Safe(cell, MaxCell)).ToArray())];
        if (all.Length == 1)
            return ["none"];

        var widths = headings.Select((_, column) => all.Max(row => row[column].Length)).ToArray();
        var lines = all.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        return [.. lines, .. total > all.Length - 1 ? [$"… and {total - all.Length + 1} more"] : Array.Empty<string>()];
    }

    /// <summary>A time for a person, in UTC.</summary>
    public static string Time(DateTimeOffset? time) => time is { } known ? $"{known.UtcDateTime:yyyy-MM-dd HH:mm}" : "never";

    /// <summary>A time for a program.</summary>
    public static JsonNode? Json(DateTimeOffset? time) => time is { } known ? JsonValue.Create(known.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ")) : null;

    /// <summary>Texts for a program.</summary>
    public static JsonArray Json(IEnumerable<string> texts) => [.. texts.Select(static text => JsonValue.Create(text))];
}
